import pMap from "p-map";
import type { Client } from "../api/client.ts";
import { groupsOf } from "../api/groups.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { itemsPerRequest } from "./gather.ts";

const groupsAtOnce = 8;

/** Works on items in groups that fit one request, several groups at a time. */
export async function eachGroup<T>(
  items: readonly T[],
  work: (group: T[]) => Promise<void>,
): Promise<void> {
  await pMap(groupsOf(items, itemsPerRequest), work, { concurrency: groupsAtOnce });
}

/** The work items as they are now, by id. */
export async function readItems(
  client: Client,
  projectId: string,
  ids: readonly string[],
): Promise<Map<string, WorkItemWire>> {
  const found = new Map<string, WorkItemWire>();
  for await (const item of client.workItems.list(projectId, { workItemIDs: ids })) {
    found.set(item.id, item);
  }
  return found;
}
