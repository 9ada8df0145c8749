import { boxesOf } from "./build/boxes.ts";
import type { BatchReport, BoxReport, CategoryCount, ItemChange, Report } from "./model.ts";
import { thousands } from "./words.ts";

// The wording of categories that vanish or are new.

/** A category that vanishes or is new, and where. */
export interface FlaggedCategory {
  category: string;
  /** The batch; undefined for all of them. */
  batch?: string;
  change: NonNullable<CategoryCount["change"]>;
  /** How many boxes it had, or has. */
  boxes: number;
  /** The keys of the items with these boxes. */
  keys: readonly string[];
}

/** The categories that vanish or are new: those of all batches, then those of single batches. */
export function flaggedCategories({ boxes, batches }: Report): FlaggedCategory[] {
  const everywhere = flagged(boxes, batches);
  const known = new Set(everywhere.map(({ category }) => category));
  const some = batches.flatMap((batch) =>
    flagged(batch.boxes, [batch])
      .filter(({ category }) => !known.has(category))
      .map((each) => ({ ...each, batch: batch.name })),
  );
  return [...everywhere, ...some];
}

function flagged(boxes: BoxReport | undefined, batches: readonly BatchReport[]): FlaggedCategory[] {
  const all = (boxes?.categories ?? []).filter(({ change }) => change !== undefined);
  if (all.length === 0) {
    return [];
  }
  const items = batches.flatMap((batch) => batch.items);
  const [before, after] = [keysByCategory(items, "old"), keysByCategory(items, "new")];
  return all.flatMap(({ category = "", change, ...numbers }) => {
    const side = change === "vanishes" ? before : after;
    const boxCount = change === "vanishes" ? numbers.before : numbers.after;
    return change === undefined
      ? []
      : [{ category, change, boxes: boxCount, keys: side.get(category) ?? [] }];
  });
}

/** The keys of the items that have boxes of each category. */
function keysByCategory(items: readonly ItemChange[], side: "old" | "new"): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const item of items) {
    const categories = boxesOf(item[side]?.labels)?.map(({ category = "" }) => category);
    for (const category of new Set(categories)) {
      const known = keys.get(category);
      if (known === undefined) {
        keys.set(category, [item.key]);
      } else {
        known.push(item.key);
      }
    }
  }
  return keys;
}

/** How many items a category names at most. */
const mostKeys = 3;

/** What happens to a category. `quoted` writes names, which come from others, so that they do not act. */
export function flaggedText(
  { category, batch, change, boxes, keys }: FlaggedCategory,
  quoted: (name: string) => string,
): string {
  const where = batch === undefined ? "" : `in ${quoted(batch)}, `;
  const left = keys.length - mostKeys;
  const names = [
    keys.slice(0, mostKeys).map(quoted).join(", "),
    ...(left > 0 ? [`${thousands(left)} more`] : []),
  ].join(" and ");
  const of = keys.length === 0 ? "" : `, in ${names}`;
  const [is, number] = [boxes === 1 ? "is" : "are", thousands(boxes)];
  return change === "vanishes"
    ? `${where}no box of ${quoted(category)} is left: there ${boxes === 1 ? "was" : "were"} ${number}${of}`
    : `${where}${quoted(category)} is new: there ${is} ${number}${of}`;
}

/** The title of a list of such categories. */
export function flaggedTitle(all: readonly FlaggedCategory[]): string {
  const some = (kind: FlaggedCategory["change"]) => all.some(({ change }) => change === kind);
  return some("vanishes")
    ? `Categories that vanish${some("new") ? " or are new" : ""}`
    : "New categories";
}
