import { isObject } from "../../provider/lifecycle/plain.ts";
import { count } from "../words.ts";

/** The box of a label, in pixels of its picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The category of what the box shows, if the label's metadata names one. */
  category?: string;
  /** Whether the other side of the item has the same label. */
  isInBoth: boolean;
}

/** The labels of one side of an item. */
export interface Labels {
  boxes: Box[];
  /** How many labels there are, including those without a box. */
  size: number;
}

/** The names under which a label's metadata may hold its category. */
const categoryNames = ["category", "label", "class", "name"];

/** The boxes of an item's labels. `other` has the labels to compare them with, if there are any. */
export function labelsOf(labels: unknown, other: unknown): Labels {
  const all: readonly unknown[] = Array.isArray(labels) ? labels : [];
  const texts = new Set((Array.isArray(other) ? other : []).map((label) => JSON.stringify(label)));
  const boxes = all.flatMap((label) => {
    const box = boxOf(label);
    const isInBoth = other === undefined || texts.has(JSON.stringify(label));
    return box === undefined ? [] : [{ ...box, isInBoth }];
  });
  return { boxes, size: all.length };
}

function boxOf(label: unknown): Omit<Box, "isInBoth"> | undefined {
  if (!isObject(label) || !Array.isArray(label.bbox) || label.bbox.length !== 4) {
    return undefined;
  }
  if (!label.bbox.every((side) => Number.isFinite(side))) {
    return undefined;
  }
  const [x, y, width, height] = label.bbox as [number, number, number, number];
  if (width < 0 || height < 0) {
    return undefined;
  }
  const metadata = isObject(label.metadata) ? label.metadata : {};
  const category = categoryNames.map((name) => metadata[name]).find((value) => isName(value));
  return { x, y, width, height, ...(category !== undefined && { category: String(category) }) };
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
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
