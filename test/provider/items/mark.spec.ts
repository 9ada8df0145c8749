import assert from "node:assert/strict";
import { isMarkOf, type Mark, readMark, toMetadata } from "../../../provider/items/mark.ts";
import fc from "../../support/fast-check.ts";

const types = ["WorkItem", "WorkItemSet"];
const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("cam", "cam#2", "#", "a::b"));
const mark: fc.Arbitrary<Mark> = fc
  .record({
    type: fc.constantFrom(...types),
    name,
    key: fc.option(fc.oneof(fc.string(), fc.constantFrom("2#x", "x", "#", "")), { nil: undefined }),
    incarnation: fc.constantFrom("one", "two"),
    declared: fc.constantFrom("digest", undefined),
  })
  .map(({ type, name: own, ...parts }) => ({
    owner: `urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:${type}::${own}`,
    organization: undefined,
    ...parts,
  }));

describe("provider: items: marks", () => {
  it("are read as they were written, whatever is in names and keys", () => {
    fc.assert(
      fc.property(mark, (each) => {
        // What has no value is not written either.
        const written = JSON.parse(JSON.stringify(each));
        assert.deepEqual(readMark({ metadata: toMetadata(each) }), written);
      }),
    );
  });

  it("are never taken for those of another declaration, or of another item", () => {
    fc.assert(
      fc.property(mark, mark, (one, other) => {
        const isSame = one.owner === other.owner && one.key === other.key;
        assert.equal(isMarkOf(readMark({ metadata: toMetadata(one) })!, other), isSame);
      }),
    );
  });

  it("tell organizations apart, where both are known", () => {
    const owner = "urn";
    const of = (organization?: string): Mark => ({ owner, organization, incarnation: "i" });
    const expected: [Mark, Mark, boolean][] = [
      [of("a"), of("a"), true],
      [of("a"), of("b"), false],
      [of(), of("b"), true],
      [of("a"), of(), true],
    ];
    for (const [one, other, isSame] of expected) {
      assert.equal(isMarkOf(one, other), isSame);
    }
  });

  const set = "urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:WorkItemSet::cam";
  const single = "urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:WorkItem::frame#01.jpg";
  const old: [text: string, mark: Mark][] = [
    [`${set}#a.jpg`, { owner: set, key: "a.jpg" }],
    [`${set}#`, { owner: set, key: "" }],
    [single, { owner: single }],
  ];
  for (const [text, read] of old) {
    it(`of release 0.1 are read: ${text.slice(text.lastIndexOf(":") + 1)}`, () => {
      const found = readMark({ metadata: { pulumiUrn: text } });
      assert.deepEqual(found, read);
      assert.ok(isMarkOf(found!, read));
    });
  }

  it("of release 0.1 belong to each declaration that would have written them", () => {
    const found = readMark({ metadata: { pulumiUrn: `${set}#2#x` } })!;
    assert.ok(isMarkOf(found, { owner: set, key: "2#x" }));
    assert.ok(isMarkOf(found, { owner: `${set}#2`, key: "x" }));
    assert.ok(!isMarkOf(found, { owner: set, key: "x" }));
  });

  it("are nobody's where people or scripts made the item", () => {
    for (const metadata of [undefined, null, {}, { pulumiUrn: 5 }, { pulumiKey: "a" }]) {
      assert.equal(readMark({ metadata }), undefined);
    }
  });
});
