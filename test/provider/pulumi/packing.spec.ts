import assert from "node:assert/strict";
import { forHeader, unpacked } from "../../../provider/pulumi/packing.ts";

const headerBytes = 16 * 1024 * 1024;

describe("the state of what failed half-way", () => {
  it("fits into a header however large it is, and comes out as it went in", () => {
    const items = Object.fromEntries(
      Array.from({ length: 150_000 }, (_, index) => [
        `photos/${index}.jpg`,
        JSON.stringify({ assetUrl: `https://p.example/${index}.jpg`, note: "as every item has" }),
      ]),
    );
    const state = { batchId: "7", items, ids: Object.keys(items) };
    assert.ok(JSON.stringify(state).length > (headerBytes * 3) / 4, "as base64 it does not fit");
    const small = forHeader(state);
    assert.ok(small);
    assert.ok(JSON.stringify(small).length < (headerBytes * 3) / 4);
    assert.deepEqual(unpacked(small), state);
  });

  it("is nothing where even that is too large, and the platform is asked instead", () => {
    const noise = Array.from({ length: 400_000 }, () => crypto.randomUUID());
    assert.equal(forHeader({ noise }), undefined);
  });

  it("keeps a text of the user's that only begins like a packed one", () => {
    const state = { name: "aidp:gzip;base64,none" };
    assert.deepEqual(unpacked(forHeader(state) ?? {}), state);
  });
});
