import { differenceOfTexts, itemOf } from "./items.ts";
import type { SetInputs, SetState } from "./state.ts";

/** What an update of a set does, by key. */
export interface Plan {
  create: string[];
  relabel: string[];
  replace: string[];
  remove: string[];
}

/** What is different between a set as it is and as it is declared. */
export function planOf(olds: SetState, news: SetInputs): Plan {
  const plan: Plan = { create: [], relabel: [], replace: [], remove: [] };
  for (const [key, text] of Object.entries(news.items)) {
    const old = olds.items[key];
    if (old === undefined || olds.ids[key] === undefined) {
      plan.create.push(key);
    } else if (isMoved(key, text, olds, news)) {
      plan.replace.push(key);
    } else if (old !== text) {
      const { changed, replaces } = differenceOfTexts(old, text);
      if (replaces.length > 0) {
        plan.replace.push(key);
      } else if (changed) {
        plan.relabel.push(key);
      }
    }
  }
  for (const key of Object.keys(olds.ids)) {
    if (news.items[key] === undefined) {
      plan.remove.push(key);
    }
  }
  return plan;
}

/** Whether the file that an item shows has another path now. */
function isMoved(key: string, text: string, olds: SetState, news: SetInputs): boolean {
  const path = olds.paths[key];
  if (path === undefined) {
    return false;
  }
  const { file } = itemOf(text);
  return file !== undefined && news.uploads?.[file] !== path;
}

/** Items whose work people have begun, and that the change would end. */
export function workAtRisk(olds: SetState, news: SetInputs, all: boolean): string[] {
  const begun = Object.entries(olds.statusOf ?? {}).filter(([, status]) => status !== "FAILED");
  if (begun.length === 0) {
    return [];
  }
  const { replace, remove } = planOf(olds, news);
  const ended = new Set([...replace, ...remove]);
  return begun
    .filter(([key]) => all || ended.has(key))
    .map(([key, status]) => `"${key}" (${status})`);
}
