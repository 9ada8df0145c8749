import type { Holdings, Left } from "../items/moves.ts";
import { itemAt, readItem, resolveFile } from "../items/set-item.ts";
import { isEqual } from "../lifecycle/diff.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import { hasUnknown, isUnknown } from "../lifecycle/unknown-values.ts";
import type { SetInputs, SetState } from "./state.ts";

/** What a set says about its work items: which it has, which it wants, and which it leaves. */
export function listHoldings(olds: Plain, news: SetInputs): Holdings {
  const { ids = {}, items: were } = olds as Partial<SetState>;
  const { projectId, batchId, defaults } = news;
  const isHere = olds.projectId === projectId && isEqual(olds.batchId, batchId);
  const items = isObject(news.items) ? news.items : undefined;
  const uploads = isUnknown(news.uploads) ? {} : news.uploads;
  const isWanted = (key: string): boolean =>
    // Check knows only the old items, and diff knows their ids as well.
    olds.ids === undefined ? valueAt(were, key) === undefined : valueAt(ids, key) === undefined;
  return {
    place: { projectId, batchId },
    has: Object.entries(ids).flatMap(([key, id]) =>
      items === undefined || Object.hasOwn(items, key) ? [id] : [],
    ),
    wants: () =>
      new Map(
        Object.entries(items ?? {}).flatMap(([key, text]) => {
          const isKnown =
            isWanted(key) && !isUnknown(text) && !isUnknown(defaults) && !hasUnknown(batchId);
          return isKnown ? [[key, resolveFile(itemAt(news, key), uploads)]] : [];
        }),
      ),
    leaves: isHere && items !== undefined ? leavesOf(olds, items) : new Map(),
  };
}

function leavesOf(
  { ids = {}, items = {}, defaults, paths, asFound, moved = {} }: Partial<SetState>,
  declared: Plain,
): Map<string, Left> {
  const left = new Map<string, Left>();
  for (const [key, id] of Object.entries(ids)) {
    const text = valueAt(items, key);
    if (text !== undefined && !Object.hasOwn(declared, key)) {
      const item = itemAt({ items, defaults }, key);
      const path = valueAt(paths, key);
      const uploads = item.file === undefined || path === undefined ? {} : { [item.file]: path };
      left.set(id, { key, item: resolveFile(item, uploads), asFound: valueAt(asFound, key) });
    }
  }
  // Items that no other declaration has claimed yet are offered again.
  for (const [id, text] of Object.entries(moved)) {
    if (text !== "") {
      left.set(id, { key: "", item: resolveFile(readItem(text, {})) });
    }
  }
  return left;
}
