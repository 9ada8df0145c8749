import { sizeChange } from "./build/boxes.ts";
import type {
  AlikeChange,
  BoxChange,
  BoxReport,
  CategoryCount,
  FieldChange,
  ItemChange,
  Report,
  SizeCount,
} from "./model.ts";
import { count, differentLabels, growthIn, thousands } from "./words.ts";

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

/** All boxes in one line: `100 → 98 boxes (−2 %): 95 unchanged, 3 removed, 1 added, 2 moved, …`. */
export function boxesLine(boxes: BoxReport): string {
  const { before, after, hiddenBefore, hiddenAfter, iou, removed, moved, resized } = boxes;
  const hidden = Math.max(hiddenBefore, hiddenAfter);
  const unchanged = before - removed - moved - resized - boxes.recategorized;
  const changes = kinds.flatMap(([kind, text]) =>
    boxes[kind] > 0
      ? [`${thousands(boxes[kind])} ${text}${kind === "resized" ? sizesText(boxes) : ""}`]
      : [],
  );
  const parts = [
    // Boxes that become hidden are not counted as removed.
    ...(unchanged > 0 && hidden === 0 ? [`${thousands(unchanged)} unchanged`] : []),
    ...changes,
    ...(hidden > 0 ? [`without those of ${count(hidden, "item")} whose labels are hidden`] : []),
  ];
  const [from, to] = [thousands(before), count(after, "box", "boxes")];
  const growth = hiddenBefore === hiddenAfter ? growthIn(boxes) : "";
  const sums = before === after ? `${to} before and after` : `${from} → ${to}${growth}`;
  const which = [...(moved > 0 ? ["moved"] : []), ...(resized > 0 ? ["resized"] : [])];
  const overlap =
    iou === undefined
      ? ""
      : `. What is ${which.join(" or ")} overlaps with what it was by ${iouText(iou)} (the area that both share; 1 is the same)`;
  return `${sums}: ${parts.join(", ")}${overlap}`;
}

/** How many batches a report names whose boxes change alike. */
const mostAlike = 5;

/** That all boxes change alike, or those of some batches, where they do. */
export function alikeLines({ boxes, batches }: Report, show: (name: string) => string): string[] {
  if (boxes?.alike !== undefined) {
    return [`All ${alikeText(boxes.alike)}`];
  }
  return batches
    .flatMap(({ name, boxes: own }) =>
      own?.alike ? [`In ${show(name)}, all ${alikeText(own.alike)}`] : [],
    )
    .slice(0, mostAlike);
}

function alikeText({ boxes, factor, shift = [0, 0] }: AlikeChange): string {
  return factor === undefined
    ? `${thousands(boxes)} boxes that change move by ${vector(shift)}: perhaps their file is for another crop of the pictures.`
    : `${thousands(boxes)} boxes that change are scaled by ${factor.join(" × ")}, places and sizes: perhaps their file is for another size of the pictures.`;
}

function vector([across, down]: readonly [number, number]): string {
  return `(${signed(across)}, ${signed(down)})`;
}

function sizesText({ smaller = 0, larger = 0 }: Pick<BoxReport, "smaller" | "larger">): string {
  // Where only the form changes, it is neither.
  return smaller + larger === 0
    ? ""
    : ` (${thousands(smaller)} smaller, ${thousands(larger)} larger)`;
}

/** What becomes of the boxes of one item: `1 box removed; 2 boxes moved by (−4, −3) (IoU 0.81 to 0.92)`. */
export function boxChangesText(changes: readonly BoxChange[]): string {
  return kinds
    .flatMap(([kind, text]) => {
      const all = changes.filter(({ change }) => change === kind);
      const ious = all.flatMap(({ iou = [] }) => iou);
      const isTold = ious.length > 0 && kind !== "recategorized";
      const overlap = isTold
        ? ` (${iouText({ least: Math.min(...ious), most: Math.max(...ious) })})`
        : "";
      const how = kind === "moved" ? shiftText(all) : kind === "resized" ? resizedText(all) : "";
      return all.length === 0
        ? []
        : [`${count(all.length, "box", "boxes")} ${text}${how}${overlap}`];
    })
    .join("; ");
}

/** By how much boxes move, if they all do so by the same. */
function shiftText(all: readonly BoxChange[]): string {
  const shifts = all.map(({ old, new: next }) =>
    old === undefined || next === undefined ? "" : vector([next[0] - old[0], next[1] - old[1]]),
  );
  const [first = ""] = shifts;
  return first === "" || shifts.some((shift) => shift !== first) ? "" : ` by ${first}`;
}

/** The sizes of one box, or how many get smaller and larger. */
function resizedText(all: readonly BoxChange[]): string {
  const [first, ...others] = all;
  if (first?.old === undefined || first.new === undefined) {
    return "";
  }
  if (others.length === 0) {
    return `, ${sidesText(first.old)} → ${sidesText(first.new)}`;
  }
  const numberOf = (size: "smaller" | "larger") =>
    all.filter((each) => sizeChange(each) === size).length;
  return sizesText({ smaller: numberOf("smaller"), larger: numberOf("larger") });
}

function sidesText([, , width, height]: NonNullable<BoxChange["old"]>): string {
  return `${pixels(width)}×${pixels(height)}`;
}

function pixels(number: number): string {
  return number.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function signed(number: number): string {
  const text = pixels(Math.abs(number));
  return text === "0" ? text : `${number < 0 ? "−" : "+"}${text}`;
}

/** What a change of an item's labels comes to; undefined for other fields, and where nothing more can be said. */
export function labelsNote(change: FieldChange, item: ItemChange | undefined): string | undefined {
  if (change.field !== "labels") {
    return undefined;
  }
  const changes = item?.boxes ?? [];
  return changes.length > 0 ? boxChangesText(changes) : differentLabels(change);
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
