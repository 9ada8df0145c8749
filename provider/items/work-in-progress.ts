import type { Client } from "../api/client.ts";
import { ApiError, ConflictError, NotFoundError } from "../api/errors.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { isAdoptedElsewhere, noteEnded } from "./claims.ts";
import { cancelItem, findItem } from "./gather.ts";

/** What to do with work that people have started or finished, when its item is deleted or replaced. */
export type OnWorkInProgress = "refuse" | "cancel";

const attempts = 3;

/** Cancels the item. Work that people have started or finished is kept unless `policy` gives it up. */
export async function endWork(
  platform: Platform,
  projectId: string,
  item: WorkItemWire,
  policy: OnWorkInProgress = "refuse",
): Promise<void> {
  if (item.status === "FAILED" || isAdoptedElsewhere(platform, item.id)) {
    return;
  }
  if (item.status !== "NEW" && policy === "refuse") {
    throw new Refusal(workLost(item.id, item.status, "deleting or replacing it"));
  }
  if (item.status === "COMPLETED") {
    noteEnded(platform, item.id);
    platform.info(`work item ${item.id} is COMPLETED and stays on the platform with its results`);
    return;
  }
  await cancel(platform.client, projectId, item.id);
  noteEnded(platform, item.id);
}

async function cancel(client: Client, projectId: string, workItemID: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cancelItem(client, projectId, workItemID);
    } catch (error) {
      if (!isStale(error) || attempt === attempts) {
        throw error;
      }
      // An item that is cancelled or finished already needs no second signal, and would refuse it.
      const now = await findItem(client, projectId, workItemID);
      if (now === undefined || now.status === "FAILED" || now.status === "COMPLETED") {
        return;
      }
    }
  }
}

/** Whether what is known of an item may be no longer true after a refused or lost signal: look again. */
export function isStale(error: unknown): boolean {
  return (
    error instanceof ConflictError ||
    error instanceof NotFoundError ||
    (error instanceof ApiError && error.outcomeUnknown)
  );
}

/** Whether people have begun on an item, or finished it. One that failed was given up, or cancelled. */
export function hasBegun(status: string): boolean {
  return status !== "NEW" && status !== "FAILED";
}

/** Why a work item is not ended, or what ending it costs. */
export function workLost(workItemId: string, status: string, how: string): string {
  return (
    `work item ${workItemId} is ${status}: ${how} would lose people's work. ` +
    'Leave it as it is, or set onWorkInProgress: "cancel" on it, run `pulumi up`, and try again'
  );
}

/** What a preview says of a change that would end an item on which people have begun. */
export function endingWarning(
  item: { workItemId: string; status: string; onWorkInProgress?: OnWorkInProgress },
  how: string,
): string | undefined {
  const { workItemId, status, onWorkInProgress = "refuse" } = item;
  if (!hasBegun(status)) {
    return undefined;
  }
  if (onWorkInProgress === "refuse") {
    return workLost(workItemId, status, how);
  }
  return status === "COMPLETED"
    ? undefined
    : `work item ${workItemId} is ${status}: ${how} cancels that work`;
}
