import { type Box, boxOf } from "../build/boxes.ts";
import type { BoxChange } from "../model.ts";
import { count } from "../words.ts";

/** A box as a picture shows it. */
export interface DrawnBox extends Box {
  /** What happens to it, if anything does. */
  change?: BoxChange["change"];
}

/** The labels of one side of an item. */
export interface Labels {
  boxes: DrawnBox[];
  /** How many labels there are, including those without a box. */
  size: number;
}

/** The boxes of an item's labels on one side, with what happens to each. */
export function labelsOf(
  labels: unknown,
  side: "old" | "new",
  changes: readonly BoxChange[] = [],
): Labels {
  const all: readonly unknown[] = Array.isArray(labels) ? labels : [];
  // Of boxes that are alike, each takes one change.
  const left = Map.groupBy(changes, (each) => textOf(each[side] ?? [], categoryOf(each, side)));
  const boxes = all.flatMap((label) => {
    const box = boxOf(label);
    if (box === undefined) {
      return [];
    }
    const { x, y, width, height, category } = box;
    const found = left.get(textOf([x, y, width, height], category))?.shift();
    return [{ ...box, ...(found !== undefined && { change: found.change }) }];
  });
  return { boxes, size: all.length };
}

function textOf(corners: readonly number[], category: string | undefined): string {
  return JSON.stringify([corners, category]);
}

function categoryOf({ category, oldCategory }: BoxChange, side: "old" | "new"): string | undefined {
  return side === "old" && oldCategory !== undefined ? (oldCategory ?? undefined) : category;
}

const mostCategories = 6;

/** Describes the boxes: `3 boxes: 2 cup, 1 spoon`, or `3 boxes: cup` if all have the same category. */
export function boxesText({ boxes, size }: Labels): string {
  const numbers = new Map<string, number>();
  for (const { category } of boxes) {
    if (category !== undefined) {
      numbers.set(category, (numbers.get(category) ?? 0) + 1);
    }
  }
  const sorted = [...numbers].toSorted(([, one], [, other]) => other - one);
  const names = sorted
    .slice(0, mostCategories)
    .map(([name, number]) => (number === boxes.length ? name : `${number} ${name}`));
  const left = sorted.length - names.length;
  if (left > 0) {
    names.push(`and ${count(left, "more category", "more categories")}`);
  }
  const without = size - boxes.length;
  return [
    boxes.length === 0 ? "no box" : count(boxes.length, "box", "boxes"),
    ...(names.length > 0 ? [`: ${names.join(", ")}`] : []),
    ...(without > 0 ? [`, ${count(without, "label")} without a box`] : []),
  ].join("");
}
