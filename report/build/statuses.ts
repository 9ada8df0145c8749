import type { Client } from "../../provider/api/client.ts";
import { eachGroup } from "../../provider/items/groups.ts";
import { isEnded, type Stepped } from "./effects.ts";

/** The statuses of work items, by the platform's id. */
export type Statuses = ReadonlyMap<string, string>;

/** The ids of the work items that an update would end, by project. */
export function endedItems(effects: readonly Stepped[]): Map<string, string[]> {
  const ended = new Map<string, string[]>();
  for (const { step, effect } of effects) {
    const project = step.old?.outputs.projectId;
    const ids = effect.items.flatMap(({ item }) => (isEnded(item) ? (item.workItemId ?? []) : []));
    if (typeof project === "string" && ids.length > 0) {
      ended.set(project, [...(ended.get(project) ?? []), ...ids]);
    }
  }
  return ended;
}

/** The current statuses. Operation `listWorkItems`, 100 items a request. */
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
