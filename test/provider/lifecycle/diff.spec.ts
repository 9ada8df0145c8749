import assert from "node:assert/strict";
import { differenceByField, isEqual, type Mutability } from "../../../provider/lifecycle/diff.ts";

interface Fields {
  name?: unknown;
  place?: unknown;
  manner?: unknown;
}

const mutability: Record<keyof Fields, Mutability> = {
  name: "update",
  place: "replace",
  manner: "ignore",
};

const same: [string, unknown, unknown][] = [
  ["the order of keys", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
  ["an empty object and nothing", {}, undefined],
  ["an empty list and nothing", [], undefined],
  ["null and nothing", null, undefined],
  ["an empty list and an empty object", [], {}],
  ["0 and -0", { a: [0] }, { a: [-0] }],
];
const other: [string, unknown, unknown][] = [
  ["0 and nothing", 0, undefined],
  ["false and nothing", false, undefined],
  ["an empty text and nothing", "", undefined],
  ["a number and its text", 1, "1"],
  ["the order of a list", [1, 2], [2, 1]],
  ["one entry more", { a: 1 }, { a: 1, b: 2 }],
  ["one entry and another without a value", { a: undefined }, { b: undefined }],
  ["a list and an object of its places", { a: [1] }, { a: { 0: 1 } }],
  ["an entry and what all objects have", { toString: 1 }, { valueOf: 1 }],
];

describe("provider: diff", () => {
  for (const [name, left, right] of same) {
    it(`${name}: the same, either way round`, () => {
      assert.equal(isEqual(left, right), true);
      assert.equal(isEqual(right, left), true);
    });
  }

  for (const [name, left, right] of other) {
    it(`${name}: another, either way round`, () => {
      assert.equal(isEqual(left, right), false);
      assert.equal(isEqual(right, left), false);
    });
  }

  const changes: [keyof Fields, { changed: boolean; replaces: string[] }][] = [
    ["name", { changed: true, replaces: [] }],
    ["place", { changed: true, replaces: ["place"] }],
    ["manner", { changed: false, replaces: [] }],
  ];
  for (const [field, expected] of changes) {
    it(`a changed field that asks for "${mutability[field]}"`, () => {
      const olds = { name: "n", place: "p", manner: "m" };
      for (const value of ["new", undefined]) {
        const news = { ...olds, [field]: value };
        assert.deepEqual(differenceByField<Fields>(mutability, olds, news), expected);
        assert.deepEqual(differenceByField<Fields>(mutability, news, olds), expected);
      }
    });
  }

  it("looks at no field beside those of the table", () => {
    const olds = { name: "n", status: "NEW" } as Fields;
    const found = differenceByField<Fields>(mutability, olds, { name: "n" });
    assert.deepEqual(found, { changed: false, replaces: [] });
  });
});
