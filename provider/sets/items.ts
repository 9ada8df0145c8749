import { z } from "zod";
import * as deadline from "../items/deadline.ts";
import { type Item, itemFailures, itemMutability, itemSchema } from "../items/item.ts";
import { differenceByField } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import type { Difference, Failure, Plain } from "../lifecycle/lifecycle.ts";
import { textOf } from "../lifecycle/text.ts";
import { failuresOf, unfitFailures } from "../lifecycle/validation.ts";
import { isUnknown } from "../pulumi/unknowns.ts";

// The items of a set cross the engine as a map from key to text: JSON with its keys in order. The engine
// then shows exactly the items that change, field by field, and compares texts only.

/** The items of a set, by key, each as its text. */
export type ItemTexts = Record<string, string>;

/** An item of a set: its asset is a URL, a path in the space, or a file of the set's uploads. */
export interface SetItem extends Omit<Item, "assetUrl"> {
  assetUrl?: string;
  file?: string;
}

export function itemOf(text: string): SetItem {
  return JSON.parse(text) as SetItem;
}

/** The item as it is created: its file replaced by the path that the file was uploaded to. */
export function resolved(
  { file, ...item }: SetItem,
  uploads: Readonly<Record<string, string>> = {},
): Item {
  return {
    ...item,
    assetUrl: item.assetUrl ?? (file === undefined ? "" : (valueAt(uploads, file) ?? "")),
  };
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

/** What every item can have: neither what it shows, nor what is known of that. */
const defaultsSchema = z
  .strictObject(itemSchema)
  .omit({ assetUrl: true, assetId: true, labels: true })
  .partial();

const mostFailures = 20;
/** Set on an object, this changes what it is, and adds no entry. */
const lostKey = "__proto__";

/** What a map has under a key of the user's, which may be the name of a method. */
export function valueAt<T>(
  map: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/**
 * Completes each item with the defaults, and says what is wrong with them. Items whose text did not change
 * were looked at in an earlier update, but for their file. An item that may be adopted may be due already.
 */
export function checkItems(
  given: Readonly<Record<string, unknown>>,
  defaults: Partial<SetItem>,
  olds: Readonly<Record<string, unknown>>,
  uploads: unknown,
  isAdopting = false,
): { items: Record<string, unknown>; failures: Failure[] } {
  const items: [string, unknown][] = [];
  const failures = defaultsFailures(defaults);
  // What is wrong with them is told once, and not of each item.
  const sound = failures.length > 0 ? {} : defaults;
  let isDueTold = false;
  // The names of the files are known before their paths are.
  const files = isUnknown(uploads) ? undefined : new Set(Object.keys(uploads ?? {}));
  for (const [key, value] of Object.entries(given)) {
    if (isUnknown(value)) {
      items.push([key, value]);
      continue;
    }
    if (!isObject(value)) {
      failures.push({
        property: "items",
        reason: `items["${key}"]: must be an object, got ${fields.got(value)}`,
      });
      continue;
    }
    if (key === lostKey) {
      failures.push({
        property: "items",
        reason: `items["${key}"]: no item can have this key, as Pulumi's SDK would lose it: choose another`,
      });
      continue;
    }
    const item = completed(value as Partial<SetItem>, sound);
    const unfit = key.isWellFormed()
      ? unfitFailures({ ...item })
      : [{ property: "items", reason: "its key must be of whole characters" }];
    if (unfit.length > 0) {
      failures.push(...unfit.map(of(key)));
      continue;
    }
    const next = textOf(item);
    items.push([key, next]);
    const old = valueAt(olds, key);
    const found = next === old ? [] : failuresOf(schema, { ...item }, "a work item");
    if (found.length === 0) {
      const isMade =
        typeof old !== "string"
          ? !isAdopting
          : next !== old && differenceOfTexts(old, next).replaces.length > 0;
      found.push(...assetFailures(item, files), ...itemFailures({ ...item }, isMade));
    }
    const isDueByDefault = value.dueAt === undefined && sound.dueAt !== undefined;
    for (const failure of found) {
      if (failure.property !== "dueAt" || !isDueByDefault) {
        failures.push(of(key)(failure));
      } else if (!isDueTold) {
        isDueTold = true;
        failures.push(ofDefaults(failure));
      }
    }
  }
  return { items: Object.fromEntries(items), failures: shortened(failures) };
}

function defaultsFailures(defaults: object): Failure[] {
  const given: Plain = { ...defaults };
  const unfit = unfitFailures(given);
  const found =
    unfit.length > 0
      ? unfit
      : [
          ...failuresOf(defaultsSchema, given, "the defaults of work items"),
          ...itemFailures(given, false),
        ];
  return found.map(ofDefaults);
}

function ofDefaults({ reason }: Failure): Failure {
  return { property: "defaults", reason: `defaults.${reason}` };
}

function of(key: string): (failure: Failure) => Failure {
  return ({ reason }) => ({ property: "items", reason: `items["${key}"]: ${reason}` });
}

function shortened(failures: Failure[]): Failure[] {
  const left = failures.length - mostFailures;
  const more = { property: "items", reason: `items has ${left} more problems` };
  return left > 0 ? [...failures.slice(0, mostFailures), more] : failures;
}

/** True for what can be an item, or the defaults of one. */
export function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The item with the defaults, in the one way of writing that is compared. */
export function completed(item: Partial<SetItem>, defaults: Partial<SetItem>): SetItem {
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

function assetFailures(
  { file, assetUrl }: SetItem,
  files: ReadonlySet<string> | undefined,
): Failure[] {
  if ((file === undefined) === (assetUrl === undefined)) {
    return [{ property: "file", reason: "give either assetUrl or file" }];
  }
  return file === undefined || files === undefined || files.has(file)
    ? []
    : [{ property: "file", reason: `file "${file}" is not one of the set's uploads` }];
}
