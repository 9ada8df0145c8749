import { ApiError, ConflictError, NotFoundError } from "../api/errors.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { shortList } from "../text/lines.ts";

/** What to do with work that people have started or finished, when its item is deleted or replaced. */
export type OnWorkInProgress = "refuse" | "cancel";

/** Which policy counts: that of the update that ends an item (`this`), or that of the one before (`last`). */
export type Counts = "this" | "last";

/** Whether a refused or lost signal means that what is known about an item may be out of date: look again. */
export function isStale(error: unknown): boolean {
  return (
    error instanceof ConflictError ||
    error instanceof NotFoundError ||
    (error instanceof ApiError && error.outcomeUnknown)
  );
}

/** The status, in the state, of an item that the platform did not list when it was last read: people may have begun. */
export const notListed = "NOT_LISTED";

/** The platform deletes nothing, so if it does not list a work item or batch, that says something about the listing. */
export function notListedText(what: string): string {
  return `the platform does not list ${what}, though it deletes none: the key may have lost rights, or the listing lags behind`;
}

/** Whether people have begun or finished an item. An item that failed was given up or cancelled. */
export function hasBegun(status: string): boolean {
  return status !== "NEW" && status !== "FAILED";
}

/** Why a work item is not ended. */
export function workLost(
  { id, status }: Pick<WorkItemWire, "id" | "status">,
  how: string,
  owner: string | undefined,
  counts: Counts,
): string {
  return `work item ${id} is ${status}: ${how} would lose people's work. Leave it as it is${orGiveUp(owner, counts)}`;
}

/** Why a work item that the listings do not contain is not ended. */
export function unlistedText(id: string, owner: string | undefined, counts: Counts): string {
  return `work item ${id} is in the state, but the platform does not list it, so nobody knows whether people have begun: it is not ended. Run it again later${orGiveUp(owner, counts)}`;
}

/** How to give up people's work. */
function orGiveUp(owner: string | undefined, counts: Counts): string {
  const allow = `set onWorkInProgress: "cancel" on ${declarationOf(owner)}`;
  return counts === "this"
    ? `, or ${allow} and run \`pulumi up\``
    : `; or ${allow} with nothing else changed, run \`pulumi up\`, and then \`pulumi destroy\` or the change`;
}

/** What a program declares, by its URN: a Dataset declares the set in it. */
function declarationOf(owner = ""): string {
  const { kinds, name } = parseUrn(owner);
  const kind = kinds.at(-2) === "Dataset" ? "Dataset" : kinds.at(-1);
  return name === "" ? "the resource" : `the ${kind} "${name}"`;
}

/** What a preview says about a change that would end an item that people have begun. */
export function endingWarning(
  item: { workItemId: string; status: string; onWorkInProgress?: OnWorkInProgress },
  how: string,
  owner: string | undefined,
): string | undefined {
  const { workItemId: id, status, onWorkInProgress = "refuse" } = item;
  if (!hasBegun(status)) {
    return undefined;
  }
  if (onWorkInProgress === "refuse") {
    return workLost({ id, status }, how, owner, "last");
  }
  return status === "COMPLETED"
    ? undefined
    : `work item ${id} is ${status}: ${how} cancels that work`;
}

const mostNamed = 5;

/** What a preview says about a change of a set that would end items that people have begun, by key. */
export function endingManyWarning(
  begun: ReadonlyMap<string, string>,
  policy: OnWorkInProgress = "refuse",
  owner: string | undefined,
  counts: Counts,
): string | undefined {
  // Finished work stays where it is even when it is given up.
  const lost = [...begun].filter(([, status]) => policy === "refuse" || status !== "COMPLETED");
  if (lost.length === 0) {
    return undefined;
  }
  const named = shortList(lost, mostNamed, ([key, status]) => `"${key}" (${status})`);
  const which = `${named}, which this removes or replaces`;
  return policy === "refuse"
    ? `people's work would be lost: ${which}. The update refuses that. Leave them as they are${orGiveUp(owner, counts)}`
    : `people's work ends: ${which}, as onWorkInProgress is "cancel". Leave them as they are to keep it`;
}
