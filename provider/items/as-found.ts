import type { WorkItemWire } from "../api/work-items.ts";
import { differenceByField, isEqual } from "../lifecycle/diff.ts";
import { digest, toJsonText } from "../text/json.ts";
import { type Item, itemMutability, itemNow } from "./item.ts";

// The platform may show fields differently than declared, in an adopted item or in its answer to a creation. Such an
// item stays as it is: apart from its labels, nothing in an item can be changed in place, and nobody asked for another
// one. The state remembers what the item has instead, so that the difference counts neither as drift nor as a change
// until the declaration of such a field changes.

/**
 * Fields that the platform shows differently than declared, in an adopted item or in its answer to a creation: a digest
 * of what it shows by field, since the value may be secret.
 */
export type AsFound = Readonly<Record<string, string>>;

/** The fields, except the labels, in which an item differs from its declaration. Undeclared fields are not compared. */
export function differencesOf(wire: WorkItemWire, declared: Item): AsFound {
  const now = itemNow(wire, declared);
  const { replaces } = differenceByField<Item>(itemMutability, now, declared);
  return Object.fromEntries(
    replaces.map((field) => [field, digestOfValue(now[field as keyof Item])]),
  );
}

/** Stands for a value that only the first read will show. */
const notTold = "?";

/** The same for an item that was made as declared: fields that the answer changes or leaves out count as asked for. */
export function asAnswered(wire: WorkItemWire, declared: Item): AsFound {
  const asFound = differencesOf(wire, declared);
  const missing = ["assetUrl", "assetType"].filter((field) => wire[field] == null);
  if (Object.keys(asFound).length + missing.length === 0) {
    return asFound;
  }
  const told: Record<string, unknown> = { ...itemNow(wire, declared) };
  return Object.fromEntries([
    ...Object.entries(asFound).map(([field, digest]) => [
      field,
      told[field] === undefined ? notTold : digest,
    ]),
    ...missing.map((field) => [field, notTold]),
  ]);
}

/** The differences once an item has been read: its first read shows what the answer to its creation left out. */
export function afterReading(wire: WorkItemWire, declared: Item, asFound: AsFound = {}): AsFound {
  if (!Object.values(asFound).includes(notTold)) {
    return asFound;
  }
  const now = itemNow(wire, declared);
  return Object.fromEntries(
    Object.entries(asFound).flatMap(([field, digest]) => {
      const value = now[field as keyof Item];
      if (digest !== notTold) {
        return [[field, digest]];
      }
      return isEqual(value, declared[field as keyof Item]) ? [] : [[field, digestOfValue(value)]];
    }),
  );
}

/** The item as it is now, but with the declared value in each field that is still as it was found. */
export function withoutFound(now: Item, declared: Item, asFound: AsFound = {}): Item {
  const same = Object.keys(asFound).filter(
    (field) =>
      digestOfValue(now[field as keyof Item]) === asFound[field] || asFound[field] === notTold,
  );
  const entries = Object.entries({ ...now, ...pick(declared, same) });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as Item;
}

/** The changed fields that ask for something other than what was found. Leaving a field out asks for nothing. */
export function notAsFound(
  changed: readonly string[],
  next: object,
  asFound: AsFound = {},
): string[] {
  return changed.filter((field) => {
    const value = (next as Record<string, unknown>)[field];
    return (
      asFound[field] === undefined ||
      (value !== undefined && digestOfValue(value) !== asFound[field])
    );
  });
}

/** What still differs after a declaration changed; undefined if nothing does. */
export function stillFound(
  asFound: AsFound | undefined,
  olds: object,
  news: object,
): AsFound | undefined {
  const [old, next] = [olds, news] as Record<string, unknown>[];
  const left = Object.entries(asFound ?? {}).filter(([field]) =>
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
