import type { Client } from "../../provider/api/client.ts";
import { eachGroup } from "../../provider/items/groups.ts";
import { notListed } from "../../provider/items/work-in-progress.ts";
import type { Stepped } from "./effects.ts";

/** The statuses of work items, by the platform's id. */
export type Statuses = ReadonlyMap<string, string>;

/** The ids of the existing work items that an update would change, by project. */
export function changingItems(effects: readonly Stepped[]): Map<string, string[]> {
  const changing = new Map<string, string[]>();
  for (const { step, effect } of effects) {
    // A declaration that others move to may be new, and has their project.
    const project = step.old?.outputs.projectId ?? step.new?.inputs.projectId;
    const ids = effect.items.flatMap(({ item }) => item.workItemId ?? []);
    if (typeof project === "string" && ids.length > 0) {
      const known = changing.get(project) ?? [];
      changing.set(project, known);
      for (const id of ids) {
        known.push(id);
      }
    }
  }
  return changing;
}

/** The current statuses. Operation `listWorkItems`, 100 items a request. */
export async function statusesNow(
  client: Client,
  itemsOf: ReadonlyMap<string, readonly string[]>,
): Promise<Statuses> {
  // What the platform does not list may have been begun.
  const statuses = new Map([...itemsOf.values()].flat().map((id) => [id, notListed]));
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
