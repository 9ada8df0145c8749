import { boxIn, categoryOf } from "../../provider/items/labels.ts";
import { isObject } from "../../provider/lifecycle/plain.ts";
import type { BoxChange } from "../model.ts";

/** The box of a label, in pixels of its picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The category of what the box shows, if the label's metadata names one. */
  category?: string;
}

/** The boxes of an item's labels; undefined if some are secret, or not known before the update: those are texts. */
export function boxesOf(labels: unknown): Box[] | undefined {
  if (labels === undefined || labels === null) {
    return [];
  }
  return Array.isArray(labels) && !labels.some(isHidden)
    ? labels.flatMap((label) => boxOf(label) ?? [])
    : undefined;
}

function isHidden(label: unknown): boolean {
  const parts = isObject(label) ? [label.bbox].flat() : [label];
  return parts.some((part) => typeof part === "string");
}

export function boxOf(label: unknown): Box | undefined {
  const box = boxIn(label);
  if (box === undefined) {
    return undefined;
  }
  const [x, y, width, height] = box;
  const category = categoryOf(label);
  return { x, y, width, height, ...(category && { category }) };
}

/** Whether the area of a box gets smaller or larger; undefined if it does neither. */
export function sizeChange({ old, new: next }: BoxChange): "smaller" | "larger" | undefined {
  const areas = [old, next].map((box) => (box === undefined ? 0 : box[2] * box[3]));
  const [before = 0, after = 0] = areas;
  return before === after ? undefined : after < before ? "smaller" : "larger";
}
