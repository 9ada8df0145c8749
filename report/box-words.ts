import type {
  BatchReport,
  BoxChange,
  BoxReport,
  CategoryCount,
  FieldChange,
  ItemChange,
  Report,
  SizeCount,
} from "./model.ts";
import { count, differentLabels, growth, thousands } from "./words.ts";

// The wording of what happens to boxes.

type Kind = BoxChange["change"];

/** What becomes of boxes. What is easily missed comes first. */
const kinds: readonly (readonly [kind: Kind, text: string])[] = [
  ["removed", "removed"],
  ["added", "added"],
  ["moved", "moved"],
  ["resized", "resized"],
  ["recategorized", "given another category"],
];

/** How much boxes still overlap with what they were. It is rounded down, so that 1 means the very same place. */
function iouText({ least, most }: NonNullable<BoxReport["iou"]>): string {
  const [from, to] = [least, most].map((iou) => (Math.floor(iou * 100) / 100).toFixed(2));
  return from === to ? `IoU ${from}` : `IoU ${from} to ${to}`;
}

/** Whether anything becomes of the boxes. */
export function areBoxesChanged(boxes: BoxReport): boolean {
  return (
    boxes.before !== boxes.after ||
    kinds.some(([kind]) => boxes[kind] > 0) ||
    boxes.categories.some(({ before, after }) => before !== after)
  );
}

/** All boxes in one line: `100 → 98 (−2 %), 3 removed, 1 added, 2 moved, …`. */
export function boxesLine(boxes: BoxReport): string {
  const { hiddenBefore, hiddenAfter, iou } = boxes;
  const hidden = Math.max(hiddenBefore, hiddenAfter);
  const changes = kinds.flatMap(([kind, text]) =>
    boxes[kind] > 0 ? [`${thousands(boxes[kind])} ${text}`] : [],
  );
  return [
    boxes.before === boxes.after ? `${growth(boxes)} as before` : growth(boxes),
    ...changes,
    ...(iou === undefined ? [] : [`moved and resized ones overlap with before by ${iouText(iou)}`]),
    ...(hidden > 0 ? [`without those of ${count(hidden, "item")} whose labels are hidden`] : []),
  ].join(", ");
}

/** What becomes of the boxes of one item: `1 removed, 2 moved, IoU 0.81 to 0.92`. */
export function boxChangesText(changes: readonly BoxChange[]): string {
  return kinds
    .flatMap(([kind, text]) => {
      const all = changes.filter(({ change }) => change === kind);
      const ious = all.flatMap(({ iou = [] }) => iou);
      const isTold = ious.length > 0 && kind !== "recategorized";
      const overlap = isTold
        ? `, ${iouText({ least: Math.min(...ious), most: Math.max(...ious) })}`
        : "";
      return all.length === 0 ? [] : [`${count(all.length, "box", "boxes")} ${text}${overlap}`];
    })
    .join("; ");
}

/** What a change of an item's labels comes to; undefined for other fields, and where nothing more can be said. */
export function labelsNote(change: FieldChange, item: ItemChange | undefined): string | undefined {
  if (change.field !== "labels") {
    return undefined;
  }
  const changes = item?.boxes ?? [];
  return changes.length > 0 ? boxChangesText(changes) : differentLabels(change);
}

/** A category that vanishes or is new, and where. */
export interface FlaggedCategory {
  category: string;
  /** The batch; undefined for all of them. */
  batch?: string;
  /** What happens to the category. */
  text: string;
}

/** The categories that vanish or are new: those of all batches, then those of single batches. */
export function flaggedCategories({ boxes, batches }: Report): FlaggedCategory[] {
  const everywhere = flagged(boxes);
  const known = new Set(everywhere.map(({ category }) => category));
  const some = batches.flatMap(({ name, boxes: own }: BatchReport) =>
    flagged(own)
      .filter(({ category }) => !known.has(category))
      .map((each) => ({ ...each, batch: name })),
  );
  return [...everywhere, ...some];
}

function flagged(boxes: BoxReport | undefined): FlaggedCategory[] {
  return (boxes?.categories ?? []).flatMap(({ category = "", change, before, after }) => {
    const boxCount = (number: number) => count(number, "box", "boxes");
    if (change === "vanishes") {
      return [{ category, text: `vanishes: it had ${boxCount(before)}` }];
    }
    return change === "new" ? [{ category, text: `is new: it has ${boxCount(after)}` }] : [];
  });
}

/** How many more or fewer there are: `+3`, `−1`; nothing if there are as many as before. */
export function differenceText({ before, after }: Pick<CategoryCount, "before" | "after">): string {
  const difference = after - before;
  return difference === 0 ? "" : `${difference > 0 ? "+" : "−"}${thousands(Math.abs(difference))}`;
}

/** A range of sizes: `32 to 64`, or `1,024 and more`. */
export function sizeText({ from, to }: SizeCount): string {
  return to === undefined
    ? `${thousands(from)} and more`
    : from === 0
      ? `below ${thousands(to)}`
      : `${thousands(from)} to ${thousands(to)}`;
}
