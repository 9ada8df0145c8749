import type { Client } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "./lifecycle.ts";

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
  if (item.status === "FAILED") {
    return;
  }
  if (item.status !== "NEW" && policy === "refuse") {
    throw new Refusal(workLost(item.id, item.status, "deleting or replacing it"));
  }
  if (item.status === "COMPLETED") {
    platform.info(`work item ${item.id} is COMPLETED and stays on the platform with its results`);
    return;
  }
  await cancel(platform.client, projectId, item.id);
}

async function cancel(client: Client, projectId: string, workItemID: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.signals.sendMany(projectId, "cancel", [{ workItemID }]);
    } catch (error) {
      if (!(error instanceof ApiError && error.outcomeUnknown) || attempt === attempts) {
        throw error;
      }
      // A second cancel of a cancelled item is refused, so look before repeating.
      if ((await client.workItems.find(projectId, workItemID))?.status === "FAILED") {
        return;
      }
    }
  }
}

/** Why a work item is not ended, or what ending it costs. */
export function workLost(workItemId: string, status: string, how: string): string {
  return (
    `work item ${workItemId} is ${status}: ${how} would lose people's work. ` +
    'Leave it as it is, or set onWorkInProgress: "cancel" on it, run `pulumi up`, and try again'
  );
}
