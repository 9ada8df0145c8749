import { differenceByField } from "../lifecycle/diff.ts";
import type { Difference } from "../lifecycle/lifecycle.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import * as deadline from "./deadline.ts";
import { type Item, itemMutability } from "./item.ts";

// The items of a set pass through the engine as a map from key to text: JSON with its keys in order. The engine then
// shows exactly the items that change, field by field, and compares only texts.

/** The items of a set, by key, each as its text. */
export type ItemTexts = Record<string, string>;

/** An item of a set: its asset is a URL, a path in the space, or a file of the set's uploads. */
export interface SetItem extends Omit<Item, "assetUrl"> {
  assetUrl?: string;
  file?: string;
}

export function parseItem(text: string): SetItem {
  return JSON.parse(text) as SetItem;
}

/** The item as it is created, with its file replaced by the path that the file was uploaded to. */
export function resolveFile(
  { file, ...item }: SetItem,
  uploads: Readonly<Record<string, string>> = {},
): Item {
  return {
    ...item,
    assetUrl: item.assetUrl ?? (file === undefined ? "" : (valueAt(uploads, file) ?? "")),
  };
}

/** The item with the defaults applied, in the one notation that is compared. */
export function withDefaults(item: Partial<SetItem>, defaults: Partial<SetItem>): SetItem {
  const { dueAt, dueInSeconds, ...others } = defaults;
  const hasDeadline = item.dueAt !== undefined || item.dueInSeconds !== undefined;
  const all: SetItem = {
    ...others,
    ...(!hasDeadline && dueAt !== undefined && { dueAt }),
    ...(!hasDeadline && dueInSeconds !== undefined && { dueInSeconds }),
    ...item,
    assetType: item.assetType ?? others.assetType ?? "image",
  };
  return {
    ...all,
    ...(isObject(others.metadata) &&
      isObject(item.metadata) && { metadata: { ...others.metadata, ...item.metadata } }),
    ...(Number.isSafeInteger(all.assetId) && { assetId: String(all.assetId) }),
    ...(typeof all.dueAt === "string" && { dueAt: deadline.canonical(all.dueAt) }),
  };
}

/** What a change of an item asks for; its labels can be set in place. */
export function differenceOfTexts(old: string, next: string): Difference {
  const mutability = { ...itemMutability, file: "replace" } as const;
  return differenceByField<SetItem>(mutability, parseItem(old), parseItem(next));
}
