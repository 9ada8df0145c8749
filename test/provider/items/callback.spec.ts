import assert from "node:assert/strict";
import { isDeclared, itemNow, toWire } from "../../../provider/items/item.ts";

const callbackUrl = "https://example.com/hook";
const asset = { assetUrl: "a.jpg", assetType: "image" };
const wire = (metadata: object) => ({
  ...asset,
  id: "w",
  status: "NEW",
  metadata: { ...metadata, pulumiUrn: "urn" },
});

describe("provider: items: callbackUrl", () => {
  it("is sent as an entry of the metadata", () => {
    assert.deepEqual(toWire({ ...asset, callbackUrl }).metadata, { callbackUrl });
    assert.deepEqual(toWire({ ...asset, callbackUrl, metadata: { a: 1 } }).metadata, {
      a: 1,
      callbackUrl,
    });
  });

  it("is read back as it was declared: apart, or in the metadata", () => {
    const now = wire({ a: 1, callbackUrl });
    for (const declared of [
      { ...asset, callbackUrl, metadata: { a: 1 } },
      { ...asset, metadata: { a: 1, callbackUrl } },
      { ...asset, callbackUrl },
      asset,
    ]) {
      assert.deepEqual(itemNow(now, declared), declared);
    }
  });

  it("is drift where the platform has another one, or none", () => {
    const declared = { ...asset, callbackUrl, metadata: {} };
    const other = "https://example.com/other";
    assert.equal(itemNow(wire({ callbackUrl: other }), declared).callbackUrl, other);
    assert.equal(itemNow(wire({}), declared).callbackUrl, undefined);
  });

  it("makes an item that was left behind the one that is declared, either way", () => {
    const apart = { ...asset, callbackUrl, metadata: { a: 1 } };
    const inside = { ...asset, metadata: { a: 1, callbackUrl } };
    for (const item of [apart, inside]) {
      assert.ok(isDeclared(wire({ a: 1, callbackUrl }), item));
      assert.ok(!isDeclared(wire({ a: 1 }), item));
    }
  });
});
