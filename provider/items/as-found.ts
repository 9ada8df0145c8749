import type { WorkItemWire } from "../api/work-items.ts";
import { differenceByField, isEqual } from "../lifecycle/diff.ts";
import { digest, toJsonText } from "../text/json.ts";
import { type Item, itemMutability, itemNow } from "./item.ts";

// An adopted item that differs from its declaration stays as it is: apart from its labels, nothing in an item can be
// changed in place, and nobody asked for another one. The state remembers what the item has instead, so that the
// difference counts neither as drift nor as a change until the declaration of such a field changes.

/** What an adopted item has where it differs from its declaration: a digest by field, since the value may be secret. */
export type AsFound = Readonly<Record<string, string>>;

/** The fields, except the labels, in which an item differs from its declaration. Undeclared fields are not compared. */
export function asFound(wire: WorkItemWire, declared: Item): AsFound {
  const now = itemNow(wire, declared);
  const { replaces } = differenceByField<Item>(itemMutability, now, declared);
  return Object.fromEntries(
    replaces.map((field) => [field, digestOfValue(now[field as keyof Item])]),
  );
}

/** Stands for a value that only the first read will show. */
const notTold = "?";

/** The same for an item that was just made: a field that the answer changes or leaves out counts as asked for. */
export function asAnswered(made: WorkItemWire, declared: Item): AsFound {
  const found = asFound(made, declared);
  const missing = ["assetUrl", "assetType"].filter((field) => made[field] == null);
  if (Object.keys(found).length + missing.length === 0) {
    return found;
  }
  const told: Record<string, unknown> = { ...itemNow(made, declared) };
  return Object.fromEntries([
    ...Object.entries(found).map(([field, digest]) => [
      field,
      told[field] === undefined ? notTold : digest,
    ]),
    ...missing.map((field) => [field, notTold]),
  ]);
}

/** The differences once an item has been read: its first read shows what the answer to its creation left out. */
export function afterReading(wire: WorkItemWire, declared: Item, found: AsFound = {}): AsFound {
  if (!Object.values(found).includes(notTold)) {
    return found;
  }
  const now = itemNow(wire, declared);
  return Object.fromEntries(
    Object.entries(found).flatMap(([field, digest]) => {
      const value = now[field as keyof Item];
      if (digest !== notTold) {
        return [[field, digest]];
      }
      return isEqual(value, declared[field as keyof Item]) ? [] : [[field, digestOfValue(value)]];
    }),
  );
}

/** The item as it is now, but with the declared value in each field that is still as it was found. */
export function withoutFound(now: Item, declared: Item, found: AsFound = {}): Item {
  const same = Object.keys(found).filter(
    (field) => digestOfValue(now[field as keyof Item]) === found[field] || found[field] === notTold,
  );
  const entries = Object.entries({ ...now, ...pick(declared, same) });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as Item;
}

/** The changed fields that ask for something other than what was found. Leaving a field out asks for nothing. */
export function notAsFound(
  changed: readonly string[],
  next: object,
  found: AsFound = {},
): string[] {
  return changed.filter((field) => {
    const value = (next as Record<string, unknown>)[field];
    return (
      found[field] === undefined || (value !== undefined && digestOfValue(value) !== found[field])
    );
  });
}

/** What still differs after a declaration changed; undefined if nothing does. */
export function stillFound(
  found: AsFound | undefined,
  olds: object,
  news: object,
): AsFound | undefined {
  const [old, next] = [olds, news] as Record<string, unknown>[];
  const left = Object.entries(found ?? {}).filter(([field]) =>
    isEqual(old?.[field], next?.[field]),
  );
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function pick(item: Item, fields: readonly string[]): Partial<Item> {
  return Object.fromEntries(fields.map((field) => [field, item[field as keyof Item]]));
}

function digestOfValue(value: unknown): string {
  return digest(isEqual(value, undefined) ? "" : toJsonText(value));
}
