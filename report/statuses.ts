import type { Client } from "../provider/api/client.ts";
import { eachGroup } from "../provider/items/groups.ts";
import type { Plain } from "../provider/lifecycle/lifecycle.ts";
import type { Step } from "./events.ts";
import type { Report } from "./model.ts";

/** The statuses of work items, by the platform's id. */
export type Statuses = ReadonlyMap<string, string>;

/** The work items that an update would end, by their project. */
export function endedItems({ batches }: Report, steps: readonly Step[]): Map<string, string[]> {
  const projectOf = new Map(
    steps.map(({ urn, old }) => [urn, (old?.outputs as Plain | undefined)?.projectId]),
  );
  const ended = new Map<string, string[]>();
  for (const { action, resource, workItemId } of batches.flatMap(({ items }) => items)) {
    const project = projectOf.get(resource);
    if ((action !== "cancel" && action !== "replace") || typeof project !== "string") continue;
    const ids = ended.get(project) ?? [];
    ended.set(project, ids);
    if (workItemId !== undefined) ids.push(workItemId);
  }
  return ended;
}

/** The statuses as they are now. Operation `listWorkItems`, 100 items a request. */
export async function statusesNow(
  client: Client,
  itemsOf: ReadonlyMap<string, readonly string[]>,
): Promise<Statuses> {
  const statuses = new Map<string, string>();
  for (const [projectId, ids] of itemsOf) {
    await eachGroup(ids, async (group) => {
      for await (const { id, status } of client.workItems.list(projectId, {
        workItemIDs: group,
      })) {
        statuses.set(id, status);
      }
    });
  }
  return statuses;
}
