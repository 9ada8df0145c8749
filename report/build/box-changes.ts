import type { BoxChange } from "../model.ts";
import type { Box } from "./boxes.ts";

// Boxes have no ids, so those of before and after are matched by how much they overlap: the share of the area of both
// that is common to them (IoU). The best pair goes first, and each box has one partner at most.

/** The least overlap of a box with what became of it. A box of another category is another one, unless it lies almost there. */
const leastOverlap = { sameCategory: 0.1, otherCategory: 0.5 };
/** Up to this many pairs are compared. Beyond that, what differs counts as removed and added. */
const mostPairs = 1_000_000;
/** Differences below this come from rounding, in pixels. */
const tolerance = 0.01;

interface Pair {
  old: number;
  next: number;
  iou: number;
  isSameCategory: boolean;
}

/** What becomes of the boxes of one picture. Boxes that stay as they are do not occur. */
export function boxChanges(olds: readonly Box[], news: readonly Box[]): BoxChange[] {
  const [left, came] = withoutSame(olds, news);
  const [gone, fresh] = [new Set(left.keys()), new Set(came.keys())];
  const changes: BoxChange[] = [];
  for (const { old, next, iou } of pairsOf(left, came)) {
    const [was, is] = [left[old], came[next]];
    if (gone.has(old) && fresh.has(next) && was !== undefined && is !== undefined) {
      gone.delete(old);
      fresh.delete(next);
      changes.push(...changeOf(was, is, iou));
    }
  }
  return [
    ...changes,
    ...left.filter((_, index) => gone.has(index)).map((box) => oneSided("removed", "old", box)),
    ...came.filter((_, index) => fresh.has(index)).map((box) => oneSided("added", "new", box)),
  ];
}

/** The boxes of both sides without those that both have. */
function withoutSame(olds: readonly Box[], news: readonly Box[]): [Box[], Box[]] {
  const known = new Map<string, number>();
  for (const box of olds) {
    known.set(textOf(box), (known.get(textOf(box)) ?? 0) + 1);
  }
  const took = new Map<string, number>();
  const came = news.filter((box) => {
    const text = textOf(box);
    const taken = took.get(text) ?? 0;
    const isThere = taken < (known.get(text) ?? 0);
    took.set(text, taken + (isThere ? 1 : 0));
    return !isThere;
  });
  const left = olds.filter((box) => {
    const taken = took.get(textOf(box)) ?? 0;
    took.set(textOf(box), taken - 1);
    return taken <= 0;
  });
  return [left, came];
}

function textOf({ x, y, width, height, category }: Box): string {
  return JSON.stringify([x, y, width, height, category]);
}

/** The pairs that may be one box, the best first. */
function pairsOf(olds: readonly Box[], news: readonly Box[]): Pair[] {
  if (olds.length * news.length > mostPairs) {
    return [];
  }
  const pairs = olds.flatMap((was, old) =>
    news.flatMap((is, next): Pair[] => {
      const isSameCategory = was.category === is.category;
      const least = isSameCategory ? leastOverlap.sameCategory : leastOverlap.otherCategory;
      const iou = overlap(was, is);
      return iou >= least ? [{ old, next, iou, isSameCategory }] : [];
    }),
  );
  return pairs.toSorted(
    (one, other) =>
      other.iou - one.iou || Number(other.isSameCategory) - Number(one.isSameCategory),
  );
}

/** The area that both boxes have in common, as a share of the area of both together. */
function overlap(one: Box, other: Box): number {
  const common = (from: "x" | "y", size: "width" | "height") =>
    Math.min(one[from] + one[size], other[from] + other[size]) - Math.max(one[from], other[from]);
  const [width, height] = [common("x", "width"), common("y", "height")];
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const both = width * height;
  return both / (one.width * one.height + other.width * other.height - both);
}

function changeOf(old: Box, next: Box, iou: number): BoxChange[] {
  const differs = (...sides: (keyof Omit<Box, "category">)[]) =>
    sides.some((side) => Math.abs(old[side] - next[side]) >= tolerance);
  const change = differs("width", "height")
    ? "resized"
    : differs("x", "y")
      ? "moved"
      : old.category !== next.category
        ? "recategorized"
        : undefined;
  return change === undefined
    ? []
    : [
        {
          change,
          ...(next.category !== undefined && { category: next.category }),
          ...(old.category !== next.category && { oldCategory: old.category ?? null }),
          old: cornersOf(old),
          new: cornersOf(next),
          iou: Math.round(iou * 1_000) / 1_000,
        },
      ];
}

function oneSided(change: "added" | "removed", side: "old" | "new", box: Box): BoxChange {
  const { category } = box;
  return { change, ...(category !== undefined && { category }), [side]: cornersOf(box) };
}

function cornersOf({ x, y, width, height }: Box): [number, number, number, number] {
  return [x, y, width, height];
}
