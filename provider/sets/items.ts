import stringify from "safe-stable-stringify";
import { z } from "zod";
import * as deadline from "../items/deadline.ts";
import { type Item, itemMutability, itemSchema } from "../items/item.ts";
import { differenceByField } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import type { Difference, Failure, Plain } from "../lifecycle/lifecycle.ts";
import { failuresOf } from "../lifecycle/validation.ts";
import { hasUnknown, isUnknown } from "../pulumi/unknowns.ts";

// The items of a set cross the engine as a map from key to text: JSON with its keys in order. The engine
// then shows exactly the items that change, field by field, and compares texts only.

/** The items of a set, by key, each as its text. */
export type ItemTexts = Record<string, string>;

/** An item of a set: its asset is a URL, a path in the space, or a file of the set's uploads. */
export interface SetItem extends Omit<Item, "assetUrl"> {
  assetUrl?: string;
  file?: string;
}

/** A JSON value as text, the same for equal values. */
export function textOf(value: unknown): string {
  return stringify(value) ?? "{}";
}

export function itemOf(text: string): SetItem {
  return JSON.parse(text) as SetItem;
}

/** The item as it is created: its file replaced by the path that the file was uploaded to. */
export function resolved(
  { file, ...item }: SetItem,
  uploads: Readonly<Record<string, string>> = {},
): Item {
  return { ...item, assetUrl: item.assetUrl ?? (file === undefined ? "" : (uploads[file] ?? "")) };
}

/** What a change of an item asks for; its labels can be set in place. */
export function differenceOfTexts(old: string, next: string): Difference {
  const mutability = { ...itemMutability, file: "replace" } as const;
  return differenceByField<SetItem>(mutability, itemOf(old), itemOf(next));
}

const schema = z.strictObject({
  ...itemSchema,
  assetUrl: fields.asset.optional(),
  file: fields.text.optional(),
});

const mostFailures = 20;

/**
 * Completes each item with the defaults, and says what is wrong with them. Items whose text did not change
 * were looked at in an earlier update.
 */
export function checkItems(
  texts: Readonly<Record<string, unknown>>,
  defaults: Partial<SetItem>,
  olds: Readonly<Record<string, unknown>>,
  uploads: unknown,
): { items: Record<string, unknown>; failures: Failure[] } {
  const items: Record<string, unknown> = {};
  const failures: Failure[] = [];
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text !== "string" || isUnknown(text)) {
      items[key] = text;
      continue;
    }
    const item = withDefaults(itemOf(text), defaults);
    items[key] = textOf({ ...item, dueAt: deadline.canonical(item.dueAt) });
    if (items[key] !== olds[key]) {
      failures.push(...failuresOfItem(key, item, uploads));
    }
  }
  const left = failures.length - mostFailures;
  return {
    items,
    failures:
      left > 0
        ? [
            ...failures.slice(0, mostFailures),
            { property: "items", reason: `items has ${left} more problems` },
          ]
        : failures,
  };
}

function withDefaults(item: SetItem, defaults: Partial<SetItem>): SetItem {
  const { dueAt, dueInSeconds, ...others } = defaults;
  const hasDeadline = item.dueAt !== undefined || item.dueInSeconds !== undefined;
  return {
    ...others,
    ...(!hasDeadline && dueAt !== undefined && { dueAt }),
    ...(!hasDeadline && dueInSeconds !== undefined && { dueInSeconds }),
    ...item,
    assetType: item.assetType ?? others.assetType ?? "image",
    ...((item.metadata ?? others.metadata) !== undefined && {
      metadata: { ...others.metadata, ...item.metadata },
    }),
  };
}

function failuresOfItem(key: string, item: SetItem, uploads: unknown): Failure[] {
  const found = failuresOf(schema, item as unknown as Plain);
  if (found.length === 0) {
    found.push(...assetFailures(item, uploads), ...deadline.failures(item as unknown as Plain));
  }
  return found.map(({ reason }) => ({ property: "items", reason: `items["${key}"]: ${reason}` }));
}

function assetFailures({ file, assetUrl }: SetItem, uploads: unknown): Failure[] {
  if ((file === undefined) === (assetUrl === undefined)) {
    return [{ property: "file", reason: "give either assetUrl or file" }];
  }
  const isMissing =
    file !== undefined &&
    !hasUnknown(uploads) &&
    !(typeof uploads === "object" && uploads !== null && file in uploads);
  return isMissing
    ? [{ property: "file", reason: `file "${file}" is not one of the set's uploads` }]
    : [];
}
