import { toJsonText } from "../../provider/text/json.ts";
import { secret } from "../engine/events.ts";
import type { ItemChange } from "../model.ts";
import type { Stepped } from "./effects.ts";
import type { ShownUploads } from "./shown-uploads.ts";

// For the provider, an item of another key is another item: it cancels the one and makes the other. People see one
// item that is renamed, so the report says both.

/**
 * The effects, where each item that leaves a batch and comes back under another key names that key: with the same
 * picture, and nothing else changed.
 */
export function withRenames(all: readonly Stepped[], uploads: ShownUploads): Stepped[] {
  const of = (action: ItemChange["action"], side: "old" | "new") =>
    all.flatMap(({ effect }) =>
      effect.items.flatMap(({ place, item }) => {
        const isFree = item.action === action && item.moved === undefined;
        const content = isFree ? contentOf(item, side, uploads) : undefined;
        return content === undefined ? [] : [{ content: `${place.key} ${content}`, item }];
      }),
    );
  // Each group ends with its first item, because taking the first of an array moves all others.
  const leaving = Map.groupBy(of("cancel", "old").reverse(), ({ content }) => content);
  const renamed = new Map<ItemChange, string>();
  for (const { content, item } of of("add", "new")) {
    const from = leaving.get(content)?.pop();
    // The same key in another declaration is no other name.
    if (from !== undefined && from.item.key !== item.key) {
      renamed.set(item, from.item.key).set(from.item, item.key);
    }
  }
  return all.map(({ step, effect }) => ({
    step,
    effect: {
      ...effect,
      items: effect.items.map(({ place, item }) => {
        const name = renamed.get(item);
        return { place, item: name === undefined ? item : { ...item, renamed: name } };
      }),
    },
  }));
}

/** All that an item is, apart from the name of its picture; undefined if a part of it cannot be seen. */
function contentOf(
  change: ItemChange,
  side: "old" | "new",
  uploads: ShownUploads,
): string | undefined {
  const picture = uploads.pictureOf(change, side);
  const { file: _, assetUrl: __, ...fields } = change[side] ?? {};
  const text = toJsonText({ picture, fields });
  return picture === undefined || text.includes(secret) ? undefined : text;
}
