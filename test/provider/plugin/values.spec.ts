import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { conceal, findSecrets, reveal } from "../../../provider/plugin/values.ts";
import { pack } from "../../../provider/pulumi/packing.ts";
import fc from "../../support/fast-check.ts";

const secret = (value: unknown) => ({
  [runtime.specialSigKey]: runtime.specialSecretSig,
  value,
});
const unknown = runtime.unknownValue;

describe("values: as the engine sends them", () => {
  it("are revealed however deep they lie, and the original stays", () => {
    const sent = { a: secret({ b: secret("x") }), c: [secret(1), { d: secret(null) }], e: "plain" };
    const before = structuredClone(sent);
    assert.deepEqual(reveal(sent), { a: { b: "x" }, c: [1, { d: null }], e: "plain" });
    assert.deepEqual(sent, before);
  });

  it("have one text for whatever is not known yet", () => {
    // As the engine's own code has them, for each type of value.
    const all = [
      unknown,
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "030794c1-ac77-496b-92df-f27374a8bd58",
      "e48ece36-62e2-4504-bad9-02848725956a",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ];
    assert.deepEqual(reveal({ all, deep: { secret: secret(all[1]) } }), {
      all: all.map(() => unknown),
      deep: { secret: unknown },
    });
    const uuid = "5f6eeead-896e-4b0a-8a7a-2e1102f071e3";
    assert.deepEqual(reveal({ uuid }), { uuid });
  });

  it("are kept secret entry by entry where a map is a map again", () => {
    const secrets = findSecrets({ items: { a: { token: secret("t") }, b: { token: "open" } } });
    const outputs = { items: { a: "text of a", b: "text of b" } };
    assert.deepEqual(conceal(outputs, secrets), {
      items: { a: secret("text of a"), b: "text of b" },
    });
  });

  it("are kept secret as a whole where what comes back is something else", () => {
    const secrets = findSecrets({ items: { a: secret("t") }, labels: [{ bbox: secret([1]) }] });
    const packed = pack({ a: "t" });
    assert.deepEqual(conceal({ items: packed, labels: [{ bbox: [1] }] }, secrets), {
      items: secret(packed),
      labels: secret([{ bbox: [1] }]),
    });
    assert.deepEqual(conceal({ items: "a digest" }, secrets), { items: secret("a digest") });
  });

  it("are not wrapped twice, and nothing is made of what is missing", () => {
    const secrets = findSecrets({ a: secret(1), b: secret(2), c: secret(3) });
    assert.deepEqual(conceal({ a: secret(1), b: null }, secrets), { a: secret(1), b: null });
    assert.equal(findSecrets({ a: { b: [1, "x", null] } }), undefined);
  });

  it("keep secret all that was, if they come back as they were", () => {
    const key = fc.string().filter((each) => each !== "__proto__");
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
        fc.string().map(secret),
      ),
    })).value;
    const sent = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(sent, (properties) => {
        const given = reveal(properties as Plain);
        const kept = conceal(given, findSecrets(properties)) as Plain;
        assert.deepEqual(reveal(kept), given);
        const stillOpen = openTexts(properties);
        assert.ok(openTexts(kept).every((text) => stillOpen.includes(text)));
      }),
    );
  });
});

/** The texts that are no secrets. */
function openTexts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [String(value)];
  }
  return runtime.specialSigKey in value ? [] : Object.values(value).flatMap(openTexts);
}
