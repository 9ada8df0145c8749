import { differenceByField } from "../lifecycle/diff.ts";
import type { Difference } from "../lifecycle/lifecycle.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { toJsonText } from "../text/json.ts";
import * as deadline from "./deadline.ts";
import { type Item, itemMutability } from "./item.ts";

// The items of a set pass through the engine as a map from key to text: JSON with its keys in order. The engine then
// shows exactly the items that change, field by field, and compares only texts. A text has the item's own fields, so a
// change of the defaults shows once. A text with `"defaults": false` is the whole item, whatever the defaults are.

/** The items of a set, by key, each as its text. */
export type ItemTexts = Record<string, string>;

/** An item of a set: its asset is a URL, a path in the space, or a file of the set's uploads. */
export interface SetItem extends Omit<Item, "assetUrl"> {
  assetUrl?: string;
  file?: string;
}

/** What an item's text is read together with. */
interface Texts {
  items: ItemTexts;
  defaults?: string | undefined;
}

/** The item with a key, completed with the defaults of its set. */
export function itemAt(set: Texts, key: string): SetItem {
  return readItem(valueAt(set.items, key) ?? "{}", defaultsOf(set));
}

/** The item that a text declares in a set with these defaults. */
export function readItem(text: string, defaults: Partial<SetItem>): SetItem {
  return complete(JSON.parse(text), defaults);
}

/** An item with its own fields, completed with the defaults unless it says `"defaults": false`. */
export function complete(
  item: Partial<SetItem> & { defaults?: unknown },
  defaults: Partial<SetItem>,
): SetItem {
  const { defaults: none, ...own } = item;
  return none === false ? withDefaults(own, {}) : withDefaults(item, defaults);
}

/** The name of the file that an item shows: no default gives it one. */
export function fileOf(text: string): string | undefined {
  return (JSON.parse(text) as SetItem).file;
}

/** The text that declares exactly this item in a set with these defaults. */
export function textFor(item: SetItem, defaults: string | undefined): string {
  const text = toJsonText(item);
  const isWhole = toJsonText(readItem(text, parseDefaults(defaults))) === text;
  return isWhole ? text : toJsonText({ ...item, defaults: false });
}

/** What the defaults of a set are, which all its items share. */
const read = new WeakMap<Texts, Partial<SetItem>>();

function defaultsOf(set: Texts): Partial<SetItem> {
  const defaults = read.get(set) ?? parseDefaults(set.defaults);
  read.set(set, defaults);
  return defaults;
}

/** The defaults that a set keeps as text. */
export function parseDefaults(text = "{}"): Partial<SetItem> {
  return isUnknown(text) ? {} : (JSON.parse(text) as Partial<SetItem>);
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

/** An item's own fields, in the one notation that is compared. */
export function canonical(item: Partial<SetItem>): Partial<SetItem> {
  return {
    ...item,
    ...(Number.isSafeInteger(item.assetId) && { assetId: String(item.assetId) }),
    ...(typeof item.dueAt === "string" && { dueAt: deadline.canonical(item.dueAt) }),
  };
}

/** The item with the defaults applied. */
function withDefaults(item: Partial<SetItem>, defaults: Partial<SetItem>): SetItem {
  const { dueAt, dueInSeconds, ...others } = defaults;
  const hasDeadline = item.dueAt !== undefined || item.dueInSeconds !== undefined;
  const all: SetItem = {
    ...others,
    ...(!hasDeadline && dueAt !== undefined && { dueAt }),
    ...(!hasDeadline && dueInSeconds !== undefined && { dueInSeconds }),
    ...item,
    assetType: item.assetType ?? others.assetType ?? "image",
  };
  const merged = isObject(others.metadata) &&
    isObject(item.metadata) && { metadata: { ...others.metadata, ...item.metadata } };
  return canonical({ ...all, ...merged }) as SetItem;
}

/** What a change of an item asks for; its labels can be set in place. */
export function differenceOfItems(old: SetItem, next: SetItem): Difference {
  const mutability = { ...itemMutability, file: "replace" } as const;
  return differenceByField<SetItem>(mutability, old, next);
}
