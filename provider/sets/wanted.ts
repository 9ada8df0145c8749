import type { Wanted } from "../items/adoption.ts";
import { makeMark } from "../items/mark.ts";
import { itemAt, resolveFile } from "../items/set-item.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import type { SetInputs } from "./state.ts";

/** The items of a set under these keys, in the form in which adoption looks for existing ones. */
export function toWanted(
  platform: Platform,
  set: SetInputs,
  keys: readonly string[],
): Omit<Wanted, "place"> {
  const paths = isUnknown(set.uploads) ? {} : set.uploads;
  return {
    items: new Map(keys.map((key) => [key, resolveFile(itemAt(set, key), paths)])),
    markOf: (key) => makeMark(platform, { key }),
    isSet: true,
    movedFrom: set.movedFrom,
  };
}
