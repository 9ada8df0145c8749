import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { adoptItems, type Wanted } from "./adoption.ts";
import { tellAdoption } from "./adoption-words.ts";
import { type Arrival, awaitArrivals, lookForMoved, takeMoved } from "./arrivals.ts";
import { mayTake } from "./claims.ts";
import { findItem } from "./coalesce.ts";
import { type Item, itemMutability } from "./item.ts";
import { judge, refuseBeside, tellOthers } from "./leftovers.ts";
import { listLiveOnce, type Place } from "./listing.ts";
import { makeMark } from "./mark.ts";
import type { Holdings } from "./moves.ts";

/** A single work item as it is declared, with its place. */
interface Declared extends Item, Place {}

/** How a declaration may get an item that already exists. */
interface Ways {
  adopt?: boolean;
  movedFrom?: string[];
}

/** The work item of another maker that a declaration gets. */
interface Existing {
  adopted?: WorkItemWire | undefined;
  moved?: Arrival | undefined;
}

/** What a single work item's declaration has, or wants. */
export function listHoldings(platform: Platform, olds: Plain, news: Declared): Holdings {
  const { projectId, batchId } = news;
  const isNew = Object.keys(olds).length === 0;
  return {
    place: { projectId, batchId },
    has: typeof olds.workItemId === "string" ? [olds.workItemId] : [],
    wants: () => (isNew ? toWanted(platform, news).items : new Map()),
    leaves: new Map(),
  };
}

/** What already exists of a work item that is to be made. `taken` is the one that is used, whatever the reason. */
export async function lookForAny(
  platform: Platform,
  inputs: Declared & Ways,
): Promise<Existing & { taken?: WorkItemWire | undefined }> {
  const { adopted, moved } = await lookForOthers(platform, inputs);
  const taken = await lookForLeftover(platform, inputs, adopted ?? moved?.item);
  return { adopted, moved, taken };
}

/** The work item that moves here from another declaration, or the one to adopt, as it is now. */
async function lookForOthers(platform: Platform, inputs: Declared & Ways): Promise<Existing> {
  const { projectId, adopt, movedFrom } = inputs;
  const wanted = toWanted(platform, inputs);
  const [key = ""] = wanted.items.keys();
  const arrival = (await awaitArrivals(platform, projectId, [key])).get(key);
  if (arrival instanceof Refusal) {
    throw arrival;
  }
  if (arrival !== undefined) {
    return { moved: arrival };
  }
  if (!adopt) {
    const live = await listLiveOnce(platform, inputs);
    return { moved: lookForMoved(platform, live, itemOf(inputs), movedFrom) };
  }
  const adoption = await adoptItems(platform, { ...wanted, place: inputs });
  tellAdoption(platform, adoption, wanted.items);
  const [refusal] = adoption.refused.values();
  if (refusal !== undefined) {
    throw new Refusal(refusal);
  }
  const [moving] = adoption.moving.values();
  if (moving !== undefined) {
    return { moved: takeMoved(platform, moving) };
  }
  const [adopted] = adoption.adopted.values();
  const item = adopted && (await findItem(platform.client, projectId, adopted.item.id));
  return { adopted: item?.status === "FAILED" ? undefined : item };
}

/** What to look for in order to adopt it. */
export function toWanted(platform: Platform, inputs: Declared & Ways): Omit<Wanted, "place"> {
  const mark = makeMark(platform);
  const items = new Map([[parseUrn(mark.owner).name, itemOf(inputs)]]);
  return { items, markOf: () => mark, isSet: false, movedFrom: inputs.movedFrom };
}

/**
 * The work item that is used: the one that is taken already, or else the one that an interrupted update left. Refuses
 * to go on if a leftover may be the item, but differs.
 */
async function lookForLeftover(
  platform: Platform,
  inputs: Declared,
  already: WorkItemWire | undefined,
): Promise<WorkItemWire | undefined> {
  const { client } = platform;
  const live = await listLiveOnce(platform, inputs);
  const marked: WorkItemWire[] = [];
  for (const { id } of live.find(makeMark(platform))) {
    // The listing is as old as this process, so items that the process has ended may still be in it.
    const item = mayTake(platform, id) ? await findItem(client, inputs.projectId, id) : undefined;
    if (item !== undefined && item.status !== "FAILED") {
      marked.push(item);
    }
  }
  const declared = itemOf(inputs);
  const leftovers = judge(platform, marked, declared, undefined, already);
  refuseBeside(platform, leftovers, declared);
  const { taken, others } = leftovers;
  tellOthers(platform, others);
  if (taken !== undefined && taken.id !== already?.id) {
    platform.info(
      `work item ${taken.id} was created for this declaration earlier: it is kept, and no second one is made`,
    );
  }
  return taken;
}

/** The item without its place. */
export function itemOf(inputs: Declared): Item {
  const own = Object.entries(inputs).filter(([field]) => field in itemMutability);
  return Object.fromEntries(own) as unknown as Item;
}
