import type { Wanted } from "../items/adoption.ts";
import { markOf } from "../items/mark.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { isUnknown } from "../pulumi/unknowns.ts";
import { itemOf, resolved, valueAt } from "./items.ts";
import type { SetInputs } from "./state.ts";

/** The items of a set under these keys, as existing ones are looked for. */
export function wantedOf(
  platform: Platform,
  { items, uploads }: SetInputs,
  keys: readonly string[],
): Omit<Wanted, "place"> {
  const paths = isUnknown(uploads) ? {} : uploads;
  return {
    items: new Map(keys.map((key) => [key, resolved(itemOf(valueAt(items, key) ?? "{}"), paths)])),
    markOf: (key) => markOf(platform, { key }),
    isSet: true,
  };
}
