import type { BoxChange, BoxReport, CategoryCount, ItemChange } from "../model.ts";
import { Alike } from "./alike.ts";
import { boxChanges } from "./box-changes.ts";
import { boxesOf, sizeChange } from "./boxes.ts";
import type { Stepped } from "./effects.ts";
import { boxesIn, emptyTally, merge, sizeSteps, type Tally } from "./tallies.ts";

/** The effects, where each item that has labels before and after says what becomes of its boxes. */
export function withBoxes(all: readonly Stepped[]): Stepped[] {
  return all.map(({ step, effect }) => ({
    step,
    effect: {
      ...effect,
      items: effect.items.map(({ place, item }) => {
        const boxes = changesOf(item);
        return { place, item: boxes === undefined ? item : { ...item, boxes } };
      }),
    },
  }));
}

function changesOf({ old, new: next }: ItemChange): BoxChange[] | undefined {
  const isLabelled = old?.labels !== undefined || next?.labels !== undefined;
  if (old === undefined || next === undefined || !isLabelled) {
    return undefined;
  }
  const [olds, news] = [boxesIn(old), boxesIn(next)];
  return olds && news && boxChanges(olds, news);
}

/**
 * What happens to the items of a resource, as all batches together see it: one that is cancelled in a batch and made in
 * another has boxes before and after.
 */
export function acrossBatches(items: readonly ItemChange[]): ItemChange[] {
  const isMoved = (item: ItemChange, action: ItemChange["action"]) =>
    item.action === action && item.moved !== undefined;
  const left = new Map(
    items.filter((item) => isMoved(item, "cancel")).map((item) => [item.key, item]),
  );
  return items.flatMap((item) => {
    const { old } = (isMoved(item, "add") && left.get(item.key)) || {};
    if (old === undefined) {
      return isMoved(item, "cancel") ? [] : [item];
    }
    const moved: ItemChange = { ...item, action: "move", old };
    const boxes = changesOf(moved);
    return [{ ...moved, ...(boxes !== undefined && { boxes }) }];
  });
}

/** Adds up what becomes of the boxes of a batch, or of all batches. */
export class BoxSums {
  readonly #before: Tally = emptyTally();
  readonly #after: Tally = emptyTally();
  readonly #changes = { added: 0, removed: 0, moved: 0, resized: 0, recategorized: 0 };
  readonly #resized = { smaller: 0, larger: 0 };
  readonly #alike = new Alike();
  #iou: BoxReport["iou"];

  before(tally: Tally): void {
    merge(this.#before, tally);
  }

  after(tally: Tally): void {
    merge(this.#after, tally);
  }

  item({ action, old, new: next, boxes, renamed }: ItemChange): void {
    // An item that only gets another key has the boxes that it had.
    if (renamed !== undefined) {
      return;
    }
    if (action === "add") {
      this.#changes.added += boxesOf(next?.labels)?.length ?? 0;
    }
    if (action === "cancel") {
      this.#changes.removed += boxesOf(old?.labels)?.length ?? 0;
    }
    this.#alike.item(boxes);
    for (const each of boxes ?? []) {
      const { change, iou } = each;
      const size = change === "resized" ? sizeChange(each) : undefined;
      this.#changes[change] += 1;
      if (size !== undefined) {
        this.#resized[size] += 1;
      }
      if (iou !== undefined && change !== "recategorized") {
        this.#overlap(iou, iou);
      }
    }
  }

  #overlap(least: number, most: number): void {
    const known = this.#iou ?? { least, most };
    this.#iou = { least: Math.min(known.least, least), most: Math.max(known.most, most) };
  }

  report(): BoxReport | undefined {
    const [before, after] = [this.#before, this.#after];
    if (before.boxes + after.boxes === 0) {
      return undefined;
    }
    const alike = this.#alike.report();
    return {
      before: before.boxes,
      after: after.boxes,
      ...this.#changes,
      ...(this.#changes.resized > 0 && this.#resized),
      ...(this.#iou !== undefined && { iou: this.#iou }),
      ...(alike !== undefined && { alike }),
      categories: categories(before, after),
      sizes: sizes(before, after),
      hiddenBefore: before.hidden,
      hiddenAfter: after.hidden,
    };
  }
}

/** The ranges of sizes from the first to the last that has boxes. */
function sizes(before: Tally, after: Tally): BoxReport["sizes"] {
  const all = sizeSteps.map((from, step) => {
    const to = sizeSteps[step + 1];
    const [old = 0, next = 0] = [before.sizes[step], after.sizes[step]];
    return { from, ...(to !== undefined && { to }), before: old, after: next };
  });
  const isUsed = (each: (typeof all)[number]) => each.before + each.after > 0;
  return all.slice(all.findIndex(isUsed), all.findLastIndex(isUsed) + 1);
}

function categories(before: Tally, after: Tally): CategoryCount[] {
  const names = new Set([...before.categories.keys(), ...after.categories.keys()]);
  const all = [...names].map((category): CategoryCount => {
    const old = before.categories.get(category) ?? 0;
    const next = after.categories.get(category) ?? 0;
    // Where all items are new, or all of them go, each category is or does so too.
    const vanishes = next === 0 && after.items > 0 && after.hidden === 0;
    const isNew = old === 0 && before.boxes > 0 && before.hidden === 0;
    const change = vanishes ? "vanishes" : isNew ? "new" : undefined;
    return {
      ...(category !== undefined && { category }),
      before: old,
      after: next,
      ...(category !== undefined && change !== undefined && { change }),
    };
  });
  const rank = ({ change }: CategoryCount) => ["vanishes", "new", undefined].indexOf(change);
  const difference = (each: CategoryCount) => Math.abs(each.after - each.before);
  return all.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      difference(other) - difference(one) ||
      other.after - one.after ||
      (one.category ?? "").localeCompare(other.category ?? ""),
  );
}
