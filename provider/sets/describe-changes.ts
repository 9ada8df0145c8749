import { differenceOfItems, itemAt, parseDefaults } from "../items/set-item.ts";
import { hasBegun } from "../items/work-in-progress.ts";
import { isEqual } from "../lifecycle/diff.ts";
import type { Described } from "../lifecycle/lifecycle.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { describeEntries } from "../text/entries.ts";
import { count } from "../text/lines.ts";
import { type Plan, planUpdate } from "./plan.ts";
import { emptyState, type SetInputs, type SetState } from "./state.ts";

/** Defaults whose values a line has room for. */
const shownValues = ["assetType", "difficulty", "dueAt", "dueInSeconds"];

/**
 * What an update does to the items: a line of counts, and then the first items with the names of the fields that change,
 * for a set of which the engine does not show them. Nothing if that is not known yet.
 */
export function describeChanges(
  before: SetState | undefined,
  news: SetInputs,
  { name, replaces, isSecret }: Described,
): string[] {
  const olds = before ?? emptyState(news);
  // Refresh compares with its sides swapped, and what it found has no ids.
  if (!isObject(news.items) || isUnknown(news.defaults) || olds.ids === undefined) {
    return [];
  }
  const plan = replaces.length > 0 ? replaceAll(olds, news) : planUpdate(olds, news);
  const { relabel, remove } = plan;
  // What is adopted, and what is made beside that, is told once that was looked up.
  const create = news.adopt === true ? [] : plan.create;
  // Pulumi shows what is removed only after the rest, so it is not known yet which items move.
  const word = news.movedFrom === undefined ? "to create" : "to create or to move here";
  const isKnown = (key: string) => !isUnknown(valueAt(news.items, key));
  const replace = plan.replace.filter(isKnown);
  const fields = (key: string) => changedFields(olds, news, key).join(", ");
  const ofSet = replaces.join(", ");
  const begun = [...replace, ...relabel, ...remove].filter((key) =>
    hasBegun(valueAt(olds.statusOf ?? {}, key) ?? "NEW"),
  );
  return describeEntries(
    name,
    "work item",
    [
      { sign: "+", word, keys: create },
      {
        sign: "+-",
        word: "to replace",
        keys: replace,
        note: ofSet || noteOf(olds, news, replace, isSecret),
        detail: (key) => ofSet || fields(key),
      },
      { sign: "~", word: "to relabel", keys: relabel, detail: fields },
      { sign: "-", word: "to remove", keys: remove },
      {
        sign: "~",
        word: "not known before the update",
        keys: plan.replace.filter((key) => !isKnown(key)),
      },
    ],
    begun.length === 0
      ? ""
      : `; people have begun or finished ${count(begun.length)} of them, as of the last refresh or update`,
  );
}

/** What happens if the set itself is replaced: all its items are ended, and all that are declared are made. */
function replaceAll({ ids }: SetState, { items }: SetInputs): Plan {
  const keys = Object.keys(items);
  const isKept = (key: string) => valueAt(ids, key) !== undefined;
  return {
    create: keys.filter((key) => !isKept(key)),
    replace: keys.filter(isKept),
    remove: Object.keys(ids).filter((key) => valueAt(items, key) === undefined),
    relabel: [],
    accept: [],
  };
}

/** The fields for which items are replaced; of one that the defaults give, its values as well. */
function noteOf(
  olds: SetState,
  news: SetInputs,
  replaced: readonly string[],
  isSecret: boolean,
): string {
  const fields = new Set(replaced.flatMap((key) => changedFields(olds, news, key)));
  const [was, next] = [parseDefaults(olds.defaults), parseDefaults(news.defaults)];
  return [...fields]
    .sort()
    .map((field) => {
      const values = [was, next].map((defaults) => valueAt(defaults, field) ?? "none");
      const isShown = shownValues.includes(field) && !isSecret && values[0] !== values[1];
      return isShown ? `${field} ${values.join(" → ")}` : field;
    })
    .join(", ");
}

function changedFields(olds: SetState, news: SetInputs, key: string): string[] {
  const [old, next] = [itemAt(olds, key), itemAt(news, key)];
  const { replaces } = differenceOfItems(old, next);
  const labels = isEqual(old.labels, next.labels) ? [] : ["labels"];
  const names = [...replaces, ...labels];
  // If no field differs, the item shows another file than it was made with.
  return names.length > 0 || valueAt(olds.paths, key) === undefined ? names : ["its file"];
}
