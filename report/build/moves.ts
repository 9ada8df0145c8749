import { itemMutability } from "../../provider/items/item.ts";
import { isEqual } from "../../provider/lifecycle/diff.ts";
import { type Step, secret } from "../engine/events.ts";
import type { ItemChange } from "../model.ts";
import { judged, type Stepped } from "./effects.ts";
import { fieldChanges, itemFields } from "./fields.ts";
import { isKind, type Place, resourceName } from "./places.ts";

// This pairs items as the provider does: an item that leaves one declaration moves to another that wants exactly this
// item. If the first declaration goes too, the item moves only if the other names it in `movedFrom`.

interface Placed {
  step: Step;
  place: Place;
  item: ItemChange;
}

/** The effects, with each pair of an item cancelled in one declaration and made in another turned into one move. */
export function withMoves(all: readonly Stepped[]): Stepped[] {
  const of = (action: ItemChange["action"]): Placed[] =>
    all.flatMap(({ step, effect }) =>
      effect.items.flatMap(({ place, item }) =>
        item.action === action && item.moved === undefined ? [{ step, place, item }] : [],
      ),
    );
  const wanted = Map.groupBy(of("add"), assetOf);
  const moves = new Map<ItemChange, ItemChange>();
  const left = new Set<ItemChange>();
  for (const leaving of of("cancel")) {
    const fits = (wanted.get(assetOf(leaving)) ?? []).filter(
      (each) => !moves.has(each.item) && isMove(leaving, each),
    );
    const to = fits.find(({ item }) => item.key === leaving.item.key) ?? fits[0];
    if (to !== undefined) {
      left.add(leaving.item);
      moves.set(to.item, moved(leaving, to));
    }
  }
  return all.map(({ step, effect }) => ({
    step,
    effect: {
      ...effect,
      items: effect.items
        .filter(({ item }) => !left.has(item))
        .map(({ place, item }) => ({ place, item: moves.get(item) ?? item })),
    },
  }));
}

function assetOf({ place, item }: Placed): string {
  const { file, assetUrl } = item.new ?? item.old ?? {};
  return JSON.stringify([place.key, file, assetUrl]);
}

function isMove(from: Placed, to: Placed): boolean {
  const { old } = from.item;
  const isLabelled = (field: string) =>
    itemMutability[field as keyof typeof itemMutability] === "update";
  return (
    from.step.urn !== to.step.urn &&
    (from.step.op === "update" || isNamed(from.step, to.step)) &&
    // An item that is hidden, or that shows a file of other uploads, may be a different item.
    !JSON.stringify([old, to.item.new]).includes(JSON.stringify(secret)) &&
    (old?.file === undefined || isEqual(uploads(from.step.old), uploads(to.step.new))) &&
    fieldChanges(itemFields, old, to.item.new).every(({ field }) => isLabelled(field))
  );
}

function uploads(side: Step["new"]): unknown {
  return side?.inputs.uploads;
}

function isNamed({ urn, old: from }: Step, { new: to }: Step): boolean {
  const { movedFrom, adopt } = to?.inputs ?? {};
  return (
    Array.isArray(movedFrom) &&
    (movedFrom.includes(urn) || movedFrom.includes(resourceName(urn))) &&
    // What was adopted has no mark by which it is known to be of the removed declaration.
    (adopt === true || from?.inputs.adopt !== true)
  );
}

/** The item as its new declaration has it, with what it was before. */
function moved({ step, item: from }: Placed, { item: to }: Placed): ItemChange {
  const { deadline: _, ...rest } = to;
  const { old, workItemId, status = "NEW" } = from;
  const item: ItemChange = {
    ...rest,
    action: "move",
    fields: fieldChanges(itemFields, old, to.new),
    ...(old !== undefined && { old }),
    ...(workItemId !== undefined && { workItemId }),
    moved: isKind(step, "WorkItem") ? from.key : `${resourceName(step.urn)}: ${from.key}`,
  };
  return judged(item, status, {});
}
