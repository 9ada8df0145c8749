import type { Difference } from "./lifecycle.ts";

/**
 * What a change of a field asks for: `update` in place, `replace` the resource, or nothing at all (`ignore`) if the
 * field only says how to go about it.
 */
export type Mutability = "update" | "replace" | "ignore";

/** Compares field by field. Symmetrical, because refresh calls it with its sides swapped. */
export function differenceByField<Inputs extends object>(
  mutability: Readonly<Record<keyof Inputs & string, Mutability>>,
  olds: Partial<Inputs>,
  news: Partial<Inputs>,
): Difference {
  const fields = Object.keys(mutability) as (keyof Inputs & string)[];
  const changed = fields.filter(
    (field) => mutability[field] !== "ignore" && !isEqual(olds[field], news[field]),
  );
  return {
    changed: changed.length > 0,
    replaces: changed.filter((field) => mutability[field] === "replace"),
  };
}

/** Equality of what the platform stores: key order does not matter, and null and empty values count as absent. */
export function isEqual(left: unknown, right: unknown): boolean {
  return isSame(blank(left), blank(right));
}

/** Equality of JSON values: 0 and -0 are one number, because the platform has only one zero. */
function isSame(left: unknown, right: unknown): boolean {
  if (!isObject(left) || !isObject(right)) {
    return left === right;
  }
  const keys = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function blank(value: unknown): unknown {
  const empty = typeof value === "object" && (value === null || Object.keys(value).length === 0);
  return empty ? undefined : value;
}
