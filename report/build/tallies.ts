import { isEqual } from "../../provider/lifecycle/diff.ts";
import { valueAt } from "../../provider/lifecycle/plain.ts";
import type { SetInputs, SetState } from "../../provider/sets/state.ts";
import type { ItemChange } from "../model.ts";
import { type Box, boxesOf } from "./boxes.ts";
import { fieldsAt } from "./declared-items.ts";

/** The boxes of many work items: their number by category and by size. */
export interface Tally {
  /** How many items there are. */
  items: number;
  /** How many of these have labels that cannot be seen. */
  hidden: number;
  boxes: number;
  categories: Map<string | undefined, number>;
  /** How many boxes each range of sizes has. */
  sizes: number[];
}

/** Where ranges of sizes begin: the size of a box is the side of a square of its area, in pixels. */
export const sizeSteps: readonly number[] = [0, 8, 16, 32, 64, 128, 256, 512, 1_024];

export function emptyTally(): Tally {
  return { items: 0, hidden: 0, boxes: 0, categories: new Map(), sizes: sizeSteps.map(() => 0) };
}

/** The boxes of the items that a resource has, and of those that it declares. Items that stay the same are read once. */
export function tallies(
  olds: SetState | undefined,
  news: SetInputs | undefined,
): { before: Tally; after: Tally } {
  const [before, after] = [emptyTally(), emptyTally()];
  const areDefaultsSame = isEqual(olds?.defaults, news?.defaults);
  const read = (set: SetInputs, key: string) => boxesIn(fieldsAt(set, key));
  for (const key of Object.keys(olds?.ids ?? {})) {
    const boxes = olds && read(olds, key);
    add(before, boxes);
    const text = valueAt(news?.items, key);
    if (text !== undefined && areDefaultsSame && text === valueAt(olds?.items, key)) {
      add(after, boxes);
    } else if (text !== undefined && news !== undefined) {
      add(after, read(news, key));
    }
  }
  for (const key of Object.keys(news?.items ?? {})) {
    if (news !== undefined && valueAt(olds?.ids, key) === undefined) {
      add(after, read(news, key));
    }
  }
  return { before, after };
}

/** Adds what one tally counts to another. */
export function merge(into: Tally, from: Tally): void {
  into.items += from.items;
  into.hidden += from.hidden;
  into.boxes += from.boxes;
  for (const [category, number] of from.categories) {
    into.categories.set(category, (into.categories.get(category) ?? 0) + number);
  }
  into.sizes = into.sizes.map((number, step) => number + (from.sizes[step] ?? 0));
}

/** Adds an item with the boxes of its labels. */
export function addItem(tally: Tally, item: ItemChange["new"] = {}): void {
  add(tally, boxesIn(item));
}

/** The boxes of an item; undefined if they cannot be seen. */
export function boxesIn(item: ReturnType<typeof fieldsAt>): Box[] | undefined {
  return item === undefined || "item" in item ? undefined : boxesOf(item.labels);
}

function add(tally: Tally, boxes: readonly Box[] | undefined): void {
  tally.items += 1;
  if (boxes === undefined) {
    tally.hidden += 1;
    return;
  }
  tally.boxes += boxes.length;
  for (const { category, width, height } of boxes) {
    tally.categories.set(category, (tally.categories.get(category) ?? 0) + 1);
    const size = Math.sqrt(width * height);
    const step = sizeSteps.findLastIndex((from) => size >= from);
    tally.sizes[step] = (tally.sizes[step] ?? 0) + 1;
  }
}
