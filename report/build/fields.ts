import { itemMutability } from "../../provider/items/item.ts";
import { isEqual } from "../../provider/lifecycle/diff.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject } from "../../provider/lifecycle/plain.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { secret } from "../engine/events.ts";
import type { FieldChange } from "../model.ts";

/** The placeholder for a value that only the update finds out. */
export const unknown = "[not known yet]";

export const itemFields: readonly string[] = [...Object.keys(itemMutability), "file"];

/** How two declarations differ. Metadata is compared entry by entry. */
export function fieldChanges(
  names: readonly string[],
  olds: Plain | undefined,
  news: Plain | undefined,
): FieldChange[] {
  return names.flatMap((field) => {
    const [old, next] = [olds?.[field], news?.[field]];
    if (isEqual(old, next)) {
      return [];
    }
    return field === "metadata" && isEntries(old) && isEntries(next)
      ? entryChanges(old ?? {}, next ?? {})
      : [change(field, old, next)];
  });
}

function isEntries(value: unknown): value is Plain | undefined {
  return value === undefined || isObject(value);
}

function entryChanges(olds: Plain, news: Plain): FieldChange[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].flatMap((key) =>
    isEqual(olds[key], news[key]) ? [] : [change(`metadata.${key}`, olds[key], news[key])],
  );
}

function change(field: string, old: unknown, next: unknown): FieldChange {
  return {
    field,
    ...(old !== undefined && { old: shown(old) }),
    ...(next !== undefined && { new: shown(next) }),
  };
}

/** The fields that the engine found changed although both of their values are hidden. */
export function secretChanges(
  names: readonly string[],
  changed: readonly string[],
  found: readonly FieldChange[],
): FieldChange[] {
  return changed.flatMap((path) => {
    // The engine writes the names of some entries in brackets.
    const field = path.replace(/\["(.*?)"\]/g, ".$1");
    const isField = names.some((name) => isWithin(name, field));
    // Of metadata that are new or gone, the engine names the whole.
    const isFound = found.some(
      (each) => isWithin(each.field, field) || isWithin(field, each.field),
    );
    return isField && !isFound ? [{ field, old: secret, new: secret }] : [];
  });
}

/** Whether a path is a field, or leads into it. */
function isWithin(field: string, path: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** A value as a report shows it. */
export function shown(value: unknown): unknown {
  if (isUnknown(value)) {
    return unknown;
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each)]));
}
