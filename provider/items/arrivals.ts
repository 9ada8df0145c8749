import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { parseUrn, stackText } from "../lifecycle/urns.ts";
import { shortList } from "../text/lines.ts";
import type { AsFound } from "./as-found.ts";
import { claim, claimTaken, mayTake, mustStay } from "./claims.ts";
import { readItems } from "./coalesce.ts";
import { eachGroup } from "./groups.ts";
import { type Item, isDeclared } from "./item.ts";
import type { LiveItems } from "./listing.ts";
import { declarationText, isNamed, type Mark, readMark } from "./mark.ts";
import type { Holdings } from "./moves.ts";
import { openSession } from "./session.ts";
import { hasBegun, notListedText } from "./work-in-progress.ts";

/** How many items a message names at most. */
const mostShown = 5;

/** Says that a declaration is being checked, so that nobody takes the program for declared until the returned call. */
export function beginCheck({ client }: Platform): () => void {
  return openSession(client).moves.beginCheck();
}

/** Records what a declaration says about its work items, and reports which of them are now known to move. */
export function recordHoldings(
  { client, owner, formerOwner, info, warn }: Platform,
  holdings: Holdings,
): void {
  if (owner === undefined) {
    return;
  }
  const { moves } = openSession(client);
  for (const { from, to, keys } of moves.record(owner, holdings, formerOwner)) {
    const which = shortList(keys, mostShown, (key) => `"${key}"`);
    const [other, where] = from === owner ? [to, "to"] : [from, "here from"];
    const [one, it] =
      keys.length === 1 ? ["work item moves", "s its id"] : ["work items move", " their ids"];
    info(
      `${keys.length} ${one} ${where} ${declarationText({ owner: other })}, and keep${it}: ${which}`,
    );
  }
  const shared = [...holdings.has].filter((id) => moves.isHeldByOther(id, owner));
  if (shared.length > 0) {
    warn(
      `another declaration has ${shared.length} of its work items as well: ${shortList(shared, mostShown)}. Remove them from one of the two`,
    );
  }
}

/** A work item that moves here from another declaration. */
export interface Arrival {
  item: WorkItemWire;
  /** Where it differs from what its old declaration said. */
  asFound: AsFound | undefined;
}

/**
 * Waits until it is known which items move, looks up those that move here, by key, and claims them. An item that the
 * platform does not list cannot move here, and nothing must be made in its place.
 */
export async function awaitArrivals(
  platform: Platform,
  projectId: string,
  keys: readonly string[],
): Promise<Map<string, Arrival | Refusal>> {
  const { client, owner = "" } = platform;
  const { moves } = openSession(client);
  await moves.settled(client);
  const coming = moves.decide(owner);
  const offered = keys.flatMap((key) => {
    const offer = coming.get(key);
    return offer === undefined ? [] : [{ ...offer, key }];
  });
  const arrivals = new Map<string, Arrival | Refusal>();
  await eachGroup(offered, async (group) => {
    const ids = group.map(({ id }) => id);
    const items = await readItems(client, projectId, ids);
    for (const { key, id, asFound } of group) {
      const item = items.get(id);
      if (item === undefined) {
        const what = notListedText(`work item ${id}, which moves here`);
        arrivals.set(key, new Refusal(`${what}. Run the update again later`));
      } else if (item.status !== "FAILED") {
        claim(platform, id);
        arrivals.set(key, { item, asFound });
      }
    }
  });
  return arrivals;
}

// The engine deletes a declaration that was removed from the program only after it has made everything else, and never
// shows it to the provider before. So its items move only to a declaration that names it.

/**
 * Looks for a live item that matches the declared one, that no declaration of the program has, and that belonged to one
 * that `movedFrom` names, by its name or its URN. If there is one that people have begun, and that may not be taken, it
 * refuses to make a second one. `known` has the ids that the declaration has itself.
 */
export function lookForMoved(
  platform: Platform,
  live: LiveItems,
  declared: Item,
  movedFrom: readonly string[] = [],
  known: ReadonlySet<string> = new Set(),
): Arrival | undefined {
  const { client, owner = "" } = platform;
  const { moves } = openSession(client);
  const free = findFree(platform, live, declared).filter(({ id }) => !known.has(id));
  const moved = findMoving(platform, free, movedFrom);
  if (moved !== undefined) {
    return takeMoved(platform, moved);
  }
  const unmarked = free.find((item) => readMark(item) === undefined);
  if (unmarked !== undefined && movedFrom.length > 0) {
    throw new Refusal(unmarkedText(unmarked));
  }
  const begun = othersIn(platform, free).find(({ item }) => hasBegun(item.status));
  if (begun !== undefined && moves.isDeclared(owner)) {
    throw new Refusal(secondText(begun.item, begun.mark, moves.isDeclared(begun.mark.owner)));
  }
  return undefined;
}

/** The live items that match the declared one, and that no declaration of the program has or is about to have. */
export function findFree(platform: Platform, live: LiveItems, declared: Item): WorkItemWire[] {
  const { moves } = openSession(platform.client);
  return live.ofAsset(declared.assetUrl).filter((item) => {
    const mark = readMark(item);
    const wanted = mark && moves.wanted(mark.owner, mark.key ?? parseUrn(mark.owner).name);
    // What an interrupted update made for a declaration that is still there is taken by that one.
    const isLeftover = wanted !== undefined && isDeclared(item, wanted);
    return (
      !isLeftover &&
      mayTake(platform, item.id) &&
      !mustStay(platform, item.id) &&
      isDeclared(item, declared)
    );
  });
}

/** Which of the free items moves here, if `movedFrom` is set. */
export function findMoving(
  platform: Platform,
  free: readonly WorkItemWire[],
  movedFrom: readonly string[],
): WorkItemWire | undefined {
  const { moves } = openSession(platform.client);
  const others = movedFrom.length > 0 ? othersIn(platform, free) : [];
  // An item that had moved before carries the mark of the declaration that made it, which is still there without it.
  const moved =
    others.find(({ mark }) => isNamed(mark, movedFrom)) ??
    others.find(({ mark }) => moves.isDeclared(mark.owner));
  return moved?.item;
}

/** Takes an item from a declaration that is gone. */
export function takeMoved(platform: Platform, item: WorkItemWire): Arrival {
  claimTaken(platform, item.id);
  return { item, asFound: undefined };
}

/** The items that other declarations of this stack have made, with their marks. */
function othersIn(
  { owner = "", organization }: Platform,
  items: readonly WorkItemWire[],
): { item: WorkItemWire; mark: Mark }[] {
  return items.flatMap((item) => {
    const mark = readMark(item);
    const isOther =
      mark !== undefined &&
      mark.owner !== owner &&
      stackText(mark.owner) === stackText(owner) &&
      (mark.organization ?? organization) === organization;
    return isOther ? [{ item, mark }] : [];
  });
}

/** Why no second item is made beside one that a declaration may have adopted: that leaves no mark. */
function unmarkedText({ id, status }: WorkItemWire): string {
  return (
    `work item ${id} (${status}) is just what is declared here, and carries no mark. No second one is made. ` +
    "If a declaration that movedFrom names has adopted it, set adopt: true as well; or declare another entry of metadata to have a second one"
  );
}

function secondText({ id, status }: WorkItemWire, mark: Mark, isDeclared: boolean): string {
  const { name } = parseUrn(mark.owner);
  // An update does not show what its targets leave out, and shows later what depends on this declaration.
  const gone = isDeclared
    ? "and does not have it any more"
    : "which this update has not seen declared";
  return (
    `work item ${id} (${status}) is just what is declared here, and ${declarationText(mark)} made it, ${gone}. No second one is paid for. ` +
    `Set movedFrom: [${JSON.stringify(name)}] to have that one if nobody else declares it, or declare another entry of metadata to have a second one`
  );
}
