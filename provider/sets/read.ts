import pMap from "p-map";
import type { WorkItemWire } from "../api/work-items.ts";
import { itemNow } from "../items/item.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { groupsOf, readItems } from "./ending.ts";
import { itemOf, resolved, type SetItem, textOf, valueAt } from "./items.ts";
import { counted, type SetInputs, type SetState } from "./state.ts";

/** The set as the platform has it: items that are gone are left out, those that changed are as they are. */
export async function readSet(
  { client }: Platform,
  olds: SetState,
): Promise<{ inputs: SetInputs; state: SetState }> {
  const found = new Map<string, WorkItemWire>();
  await pMap(
    groupsOf(Object.values(olds.ids)),
    async (ids) => {
      for (const [id, item] of await readItems(client, olds.projectId, ids)) {
        found.set(id, item);
      }
    },
    { concurrency: 8 },
  );
  const items: [string, string][] = [];
  const ids: [string, string][] = [];
  const paths: [string, string][] = [];
  const statusOf: [string, string][] = [];
  for (const [key, id] of Object.entries(olds.ids)) {
    const wire = found.get(id);
    const text = valueAt(olds.items, key);
    if (wire === undefined || text === undefined) {
      continue;
    }
    ids.push([key, id]);
    items.push([key, textNow(wire, text, valueAt(olds.paths, key))]);
    const path = valueAt(olds.paths, key);
    if (path !== undefined) {
      paths.push([key, path]);
    }
    if (wire.status !== "NEW") {
      statusOf.push([key, wire.status]);
    }
  }
  const inputs: SetInputs = {
    projectId: olds.projectId,
    ...(olds.batchId !== undefined && { batchId: olds.batchId }),
    items: Object.fromEntries(items),
    ...(olds.uploads !== undefined && { uploads: olds.uploads }),
    ...(olds.onWorkInProgress !== undefined && { onWorkInProgress: olds.onWorkInProgress }),
  };
  const state = counted({
    ...inputs,
    ids: Object.fromEntries(ids),
    paths: Object.fromEntries(paths),
    statusOf: Object.fromEntries(statusOf),
    statuses: {},
    ...(olds.inBatch !== undefined && { inBatch: olds.inBatch }),
    ...(olds.appliedAt !== undefined && { appliedAt: olds.appliedAt }),
  });
  return { inputs, state };
}

/** An item's text as it would declare what exists; the same text while nothing changed. */
function textNow(wire: WorkItemWire, text: string, path: string | undefined): string {
  const declared = itemOf(text);
  const { file } = declared;
  const uploads = file === undefined || path === undefined ? {} : { [file]: path };
  const { assetUrl, ...now } = itemNow(wire, resolved(declared, uploads));
  const isSame = file !== undefined && assetUrl === path;
  const item: SetItem = { ...now, ...(isSame ? { file } : { assetUrl }) };
  return textOf(item);
}
