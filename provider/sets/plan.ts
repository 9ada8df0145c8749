import { notAsFound } from "../items/as-found.ts";
import { differenceOfItems, fileOf, itemAt } from "../items/set-item.ts";
import { hasBegun } from "../items/work-in-progress.ts";
import { isEqual } from "../lifecycle/diff.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { isLeaving } from "../uploads/leaving-paths.ts";
import type { SetInputs, SetState } from "./state.ts";

/** What an update of a set does, by key. */
export interface Plan {
  create: string[];
  relabel: string[];
  /** Items that are ended and made anew within this update. */
  replace: string[];
  remove: string[];
  /**
   * Items that are now declared as the platform showed them, when they were adopted or in its answer to a creation:
   * there is nothing to do.
   */
  accept: string[];
}

/** What is different between a set as it is and as it is declared. */
export function planUpdate(olds: SetState, news: SetInputs): Plan {
  const plan: Plan = { create: [], relabel: [], replace: [], remove: [], accept: [] };
  const areDefaultsSame = olds.defaults === news.defaults;
  const areDefaultsKnown = !isUnknown(news.defaults);
  for (const [key, text] of Object.entries(news.items)) {
    const old = valueAt(olds.items, key);
    if (old === undefined || valueAt(olds.ids, key) === undefined) {
      plan.create.push(key);
    } else if (
      isUnknown(text) ||
      !areDefaultsKnown ||
      isMoved(valueAt(olds.paths, key), text, news)
    ) {
      plan.replace.push(key);
    } else if (old !== text || !areDefaultsSame) {
      const [was, next] = [itemAt(olds, key), itemAt(news, key)];
      const { changed, replaces } = differenceOfItems(was, next);
      if (notAsFound(replaces, next, valueAt(olds.asFound, key)).length > 0) {
        plan.replace.push(key);
      } else if (changed) {
        plan[isEqual(was.labels, next.labels) ? "accept" : "relabel"].push(key);
      }
    }
  }
  for (const key of Object.keys(olds.ids)) {
    if (valueAt(news.items, key) === undefined) {
      plan.remove.push(key);
    }
  }
  return plan;
}

/** How many items an update touches. */
export function countChanges({ create, relabel, replace, remove }: Plan): number {
  return create.length + relabel.length + replace.length + remove.length;
}

/**
 * Whether two declarations of a set differ. Symmetrical, because refresh calls it with its sides swapped. One of the
 * two sides may know the paths that its items were made with.
 */
export function isChanged(olds: SetState, news: SetState | SetInputs): boolean {
  return (
    olds.onWorkInProgress !== news.onWorkInProgress ||
    areItemsChanged(olds, news) ||
    !isEqual(olds.uploads, news.uploads) ||
    hasMoved(olds, news) ||
    hasMoved(news, olds)
  );
}

/** Whether the sets have other items. Texts may differ, and say the same with the defaults of their set. */
function areItemsChanged(olds: SetInputs, news: SetInputs): boolean {
  const keys = Object.keys(olds.items);
  const areDefaultsSame = olds.defaults === news.defaults;
  return (
    isUnknown(news.items) ||
    isUnknown(olds.defaults) ||
    isUnknown(news.defaults) ||
    keys.length !== Object.keys(news.items).length ||
    keys.some((key) => {
      const [old, next] = [valueAt(olds.items, key), valueAt(news.items, key)];
      return (
        next === undefined ||
        isUnknown(old) ||
        isUnknown(next) ||
        ((old !== next || !areDefaultsSame) && !isEqual(itemAt(olds, key), itemAt(news, key)))
      );
    })
  );
}

function hasMoved(olds: SetState | SetInputs, news: SetInputs): boolean {
  const paths = "paths" in olds ? olds.paths : {};
  return Object.entries(paths).some(([key, path]) => {
    const text = valueAt(news.items, key);
    return text !== undefined && isMoved(path, text, news);
  });
}

/** Whether the file that an item shows has another path than the item was made with. */
function isMoved(path: string | undefined, text: string, { uploads }: SetInputs): boolean {
  if (path === undefined || isUnknown(text)) {
    return false;
  }
  if (isUnknown(uploads)) {
    return isLeaving(path);
  }
  const file = fileOf(text);
  return file !== undefined && valueAt(uploads, file) !== path;
}

/** Items that people have begun and that the change ends, with their status; `all` if the whole set goes. */
export function workAtRisk(olds: SetState, news: SetInputs, all: boolean): Map<string, string> {
  const begun = Object.entries(olds.statusOf ?? {}).filter(([, status]) => hasBegun(status));
  if (begun.length === 0) {
    return new Map();
  }
  const { replace, remove } = planUpdate(olds, news);
  const ended = new Set([...replace, ...remove]);
  return new Map(begun.filter(([key]) => all || ended.has(key)));
}
