import assert from "node:assert/strict";
import { boxChanges } from "../../../report/build/box-changes.ts";
import type { Box } from "../../../report/build/boxes.ts";

const box = (x: number, more: Partial<Box> = {}): Box => ({
  x,
  y: 0,
  width: 10,
  height: 10,
  category: "cup",
  ...more,
});

/** What happens to boxes, in short. */
const found = (olds: Box[], news: Box[]) =>
  boxChanges(olds, news).map(({ change, iou }) => [change, ...(iou === undefined ? [] : [iou])]);

describe("report: what becomes of the boxes of a picture", () => {
  it("is nothing where they stay, in any order, and whatever a tool rounds", () => {
    assert.deepEqual(found([box(1), box(50), box(50)], [box(50), box(50), box(1)]), []);
    assert.deepEqual(found([box(1)], [box(1.000001)]), []);
    assert.deepEqual(found([], []), []);
  });

  it("is told with how much each still overlaps: moved, resized, or of another category", () => {
    assert.deepEqual(found([box(0)], [box(1)]), [["moved", 0.818]]);
    assert.deepEqual(found([box(0)], [box(0, { width: 5 })]), [["resized", 0.5]]);
    assert.deepEqual(found([box(0)], [box(0, { category: "mug" })]), [["recategorized", 1]]);
    const [change] = boxChanges([box(0)], [box(1, { category: "mug" })]);
    assert.deepEqual(change, {
      change: "moved",
      category: "mug",
      oldCategory: "cup",
      old: [0, 0, 10, 10],
      new: [1, 0, 10, 10],
      iou: 0.818,
    });
  });

  it("is one to one, the best pair first", () => {
    // The second box of before lies nearer to both of after.
    const changes = boxChanges([box(0), box(4)], [box(3), box(5)]);
    assert.deepEqual(
      changes.map(({ change, old, new: next, iou }) => [change, old?.[0], next?.[0], iou]),
      [
        ["moved", 4, 3, 0.818],
        ["moved", 0, 5, 0.333],
      ],
    );
  });

  it("is an end and a beginning where they hardly overlap, or show something else", () => {
    const both = [["removed"], ["added"]];
    assert.deepEqual(found([box(0)], [box(20)]), both);
    assert.deepEqual(found([box(0)], [box(9)]), both);
    assert.deepEqual(found([box(0)], [box(6, { category: "mug" })]), both);
    assert.deepEqual(found([box(0, { width: 0 })], [box(1, { width: 0 })]), both);
  });

  it("tells each of many that are alike", () => {
    assert.deepEqual(found([box(0), box(0), box(0)], [box(0)]), [["removed"], ["removed"]]);
    assert.deepEqual(found([box(0)], [box(0), box(0)]), [["added"]]);
  });

  it("is not matched where a picture has too many to compare", () => {
    const many = (shift: number) =>
      Array.from({ length: 1_001 }, (_, index) => box(index * 100 + shift));
    assert.equal(found(many(0), many(1)).filter(([change]) => change === "added").length, 1_001);
  });
});
