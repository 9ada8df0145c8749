import type { BatchReport, ItemChange, Report } from "../model.ts";

/** A work item that changes, as a page shows it. */
export interface Card {
  item: ItemChange;
  batch: BatchReport;
  /** The index of the batch in the report. */
  batchIndex: number;
}

/** How many work items a page has at most. A browser copes with that many; the JSON has all of them. */
const mostCards = 10_000;

/** What costs most comes first, then what is easily missed. */
const order: readonly ItemChange["action"][] = [
  "cancel",
  "missing",
  "replace",
  "change",
  "relabel",
  "move",
  "add",
];

/** The work items that matter most. */
export function renderCards({ batches }: Report): Card[] {
  const all = batches.flatMap((batch, batchIndex) =>
    batch.items.map((item) => ({ item, batch, batchIndex })),
  );
  const rank = ({ item: { atRisk, relabelledDone, action } }: Card) =>
    atRisk !== undefined ? 0 : relabelledDone ? 1 : 2 + order.indexOf(action);
  return all.toSorted((one, other) => rank(one) - rank(other)).slice(0, mostCards);
}

/** The sides of an item that a card shows: both only if they look different. */
export function listSides({ old, new: next, fields }: ItemChange): ("old" | "new")[] {
  if (old === undefined) {
    return next === undefined ? [] : ["new"];
  }
  if (next === undefined) {
    return ["old"];
  }
  return fields.some(({ field }) => visible.has(field)) ? ["old", "new"] : ["new"];
}

/** The fields whose change makes an item look different; `item` stands for all of them. */
const visible: ReadonlySet<string> = new Set(["file", "assetUrl", "labels", "item"]);
