import { differenceOfItems, itemAt } from "../items/set-item.ts";
import { isEqual } from "../lifecycle/diff.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { describeEntries } from "../text/entries.ts";
import { planUpdate } from "./plan.ts";
import type { SetInputs, SetState } from "./state.ts";

/**
 * What an update does to the items, for a set of which the engine does not show them: counts, and then the first items
 * with the names of the fields that change. Values may be secret.
 */
export function describeChanges(olds: SetState, news: SetInputs): string[] {
  if (isUnknown(news.items) || isUnknown(news.defaults)) {
    return [];
  }
  const { create, replace, relabel, remove } = planUpdate(olds, news);
  const fields = (key: string) => changedFields(olds, news, key);
  return describeEntries("work items", [
    { sign: "+", word: "created", keys: create },
    { sign: "+-", word: "replaced", keys: replace, detail: fields },
    { sign: "~", word: "relabelled", keys: relabel, detail: fields },
    { sign: "-", word: "removed", keys: remove },
  ]);
}

function changedFields(olds: SetState, news: SetInputs, key: string): string {
  const [old, next] = [itemAt(olds, key), itemAt(news, key)];
  const { replaces } = differenceOfItems(old, next);
  const labels = isEqual(old.labels, next.labels) ? [] : ["labels"];
  const names = [...replaces, ...labels];
  // If no field differs, the item shows another file than it was made with.
  return names.length > 0 || valueAt(olds.paths, key) === undefined ? names.join(", ") : "its file";
}
