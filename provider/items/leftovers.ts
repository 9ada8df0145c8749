import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { shortList } from "../text/lines.ts";
import { differencesOf } from "./as-found.ts";
import { mayTake } from "./claims.ts";
import { type Item, isDeclared } from "./item.ts";
import { readMark } from "./mark.ts";

// A leftover is a live work item with a declaration's mark that the state does not know: an interrupted update made it.
// But a stack with the same names elsewhere may also have made it, or an earlier life of the resource, which the engine
// retained. So the provider never ends an item that is not provably ours by the incarnation that the state keeps: it
// takes the item if it matches the declaration, and otherwise refuses to go on.

/** What happens to the leftovers of one declared item. */
export interface Leftovers {
  /** The existing item that is used: the one that is taken already, or else a leftover that matches the declaration. */
  taken: WorkItemWire | undefined;
  /** The items that this life of the resource made. They are to be ended. */
  ours: WorkItemWire[];
  /** The items that it did not make. They stay. */
  others: WorkItemWire[];
}

/** Judges the live work items that carry the mark of a declared item. `already` is taken in any case. */
export function judge(
  platform: Platform,
  marked: readonly WorkItemWire[],
  declared: Item,
  incarnation: string | undefined,
  already?: WorkItemWire,
): Leftovers {
  const leftovers = marked.filter(({ id }) => id !== already?.id && mayTake(platform, id));
  const isOurs = (item: WorkItemWire): boolean =>
    incarnation !== undefined && readMark(item)?.incarnation === incarnation;
  const [ours, others] = [leftovers.filter(isOurs), leftovers.filter((item) => !isOurs(item))];
  const taken = already ?? [...ours, ...others].find((item) => isDeclared(item, declared));
  const isLeft = ({ id, status }: WorkItemWire) => id !== taken?.id && status !== "COMPLETED";
  return { taken, ours: ours.filter(isLeft), others: others.filter(isLeft) };
}

/** Refuses to make an item if a leftover may be it. The items that are replaced are left to the engine. */
export function refuseBeside(
  { replaced }: Platform,
  { taken, others }: Leftovers,
  declared: Item,
): void {
  const first = others.find(({ id }) => replaced?.has(id) !== true);
  if (first !== undefined && taken === undefined) {
    throw new Refusal(unknownText(first, declared));
  }
}

/** Warns about live items of the declaration that are not in the state and that nobody is going to end. */
export function tellOthers({ warn }: Platform, others: readonly WorkItemWire[]): void {
  const [one] = others;
  if (one === undefined) {
    return;
  }
  const what =
    others.length === 1
      ? `work item ${one.id} (${one.status}) carries`
      : `${others.length} work items (${shortList(others, mostShown, ({ id }) => id)}) carry`;
  warn(
    `${what} this declaration's mark, but the state does not know ${others.length === 1 ? "it" : "them"}: an interrupted update, an earlier life of this resource or another stack of the same names made ${others.length === 1 ? "it" : "them"}. ` +
      "Nothing is done about it: cancel on the platform what nobody needs",
  );
}

const mostShown = 5;

/** Why a leftover is not taken, and no item is made either. */
function unknownText(item: WorkItemWire, declared: Item): string {
  const { id, status } = item;
  const fields = Object.keys(differencesOf(item, declared)).sort().join(", ");
  const differs = fields === "" ? "it has fields that are not declared" : `it differs in ${fields}`;
  return (
    `work item ${id} (${status}) carries this declaration's mark, but is not in the state, and ${differs}: an interrupted update made it, or another stack of the same names. ` +
    "It is not ended, and no second one is made. Declare it as it is, run the update, and then change it; set adopt: true to have it as it is; or cancel it on the platform"
  );
}
