import type { Client } from "../api/client.ts";
import { eachGroup } from "../items/groups.ts";

/** How many of the work items have each status now. Operation `listWorkItems`, 100 a request. */
export async function readStatuses(
  client: Client,
  projectId: string,
  ids: readonly string[],
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  await eachGroup(ids, async (group) => {
    for await (const { status } of client.workItems.list(projectId, { workItemIDs: group })) {
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  });
  return statuses;
}
