import DataLoader from "dataloader";
import type { Client } from "../api/client.ts";
import { lookAgainAfterMs, pause } from "../api/look-again.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { openSession } from "./session.ts";

// The engine works on several single work items at once. What they ask for at about the same time goes into one
// request.

/** How many work items `signalWorkItems` signals, and `listWorkItems` lists, in one request. */
export const itemsPerRequest = 100;
const gatherMs = 20;

/** The work item as it is now, or undefined. Operation `listWorkItems`, once for all callers. */
export function findItem(
  client: Client,
  projectId: string,
  workItemId: string,
): Promise<WorkItemWire | undefined> {
  const reader = openLoader(openSession(client).readers, projectId, async (ids) => {
    const found = await readItems(client.origin, projectId, ids);
    return ids.map((id) => found.get(id));
  });
  return reader.load(workItemId);
}

/** The work items as they are now, by id. The platform deletes none, so an item that is not listed may be new. */
export async function readItems(
  client: Client,
  projectId: string,
  ids: readonly string[],
): Promise<Map<string, WorkItemWire>> {
  const found = new Map<string, WorkItemWire>();
  for (const wait of lookAgainAfterMs) {
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) {
      break;
    }
    await pause(client, wait);
    for await (const item of client.workItems.list(projectId, { workItemIDs: missing })) {
      found.set(item.id, item);
    }
  }
  return found;
}

/** The loader with this name, or a new one. It asks for at most `most` things at once, after gathering for `waitMs`. */
export function openLoader<Asked, Answer>(
  known: Map<string, DataLoader<Asked, Answer>>,
  name: string,
  load: (all: readonly Asked[]) => Promise<(Answer | Error)[]>,
  { waitMs = gatherMs, most = itemsPerRequest } = {},
): DataLoader<Asked, Answer> {
  const loader =
    known.get(name) ??
    new DataLoader(load, {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (start) => setTimeout(start, waitMs),
    });
  known.set(name, loader);
  return loader;
}
