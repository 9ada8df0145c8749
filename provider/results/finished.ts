import type { Client } from "../api/client.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { eachGroup } from "../items/groups.ts";
import { readMark } from "../items/mark.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { stripUrl } from "../text/urls.ts";

/** Whose results the user means: those of a batch, or of work items by key or in a list. */
export interface Scope {
  projectId: string;
  batchId?: string;
  workItemIds?: Readonly<Record<string, string>> | readonly string[];
}

/** A work item that people have finished. */
export interface FinishedItem {
  id: string;
  /** What its declaration calls it; if that is a URL, without its query. */
  key: string | undefined;
  /** Its asset, without a query, which may grant a permission. */
  asset: string;
  /** When it was last changed: the same results have the same moment. Without a moment, they never count as known. */
  updatedAt: string | undefined;
}

/** The finished work items of a scope, by key, then asset, then id. Operation `listWorkItems`, 100 a request. */
export async function finishedItems(client: Client, scope: Scope): Promise<FinishedItem[]> {
  const { projectId, batchId, workItemIds = {} } = scope;
  const found: FinishedItem[] = [];
  if (batchId !== undefined) {
    const filter = { batchIds: [batchId], status: "COMPLETED" };
    for await (const item of client.workItems.list(projectId, filter)) {
      found.push(finishedItem(item, declaredKey(item)));
    }
  } else {
    const keys = Array.isArray(workItemIds) ? undefined : Object.entries(workItemIds);
    const keyOf = new Map(keys?.map(([key, id]) => [id, key]));
    await eachGroup([...new Set(Object.values(workItemIds))], async (group) => {
      const filter = { workItemIDs: group, status: "COMPLETED" };
      for await (const item of client.workItems.list(projectId, filter)) {
        found.push(finishedItem(item, keyOf.get(item.id) ?? declaredKey(item)));
      }
    });
  }
  return found.sort(
    (left, right) =>
      compare(left.key ?? "", right.key ?? "") ||
      compare(left.asset, right.asset) ||
      compare(left.id, right.id),
  );
}

/** An item as an error names it. */
export function showItem({ key, id }: FinishedItem): string {
  return key === undefined ? id : `${key} (${id})`;
}

function finishedItem(wire: WorkItemWire, key: string | undefined): FinishedItem {
  return {
    id: wire.id,
    key: key && stripUrl(key),
    asset: stripUrl(wire.assetUrl ?? ""),
    updatedAt: wire.updatedAt ?? undefined,
  };
}

/** The key in a set, or the name of a single work item, as its mark tells. */
function declaredKey(item: WorkItemWire): string | undefined {
  const mark = readMark(item);
  return mark && (mark.key ?? parseUrn(mark.owner).name);
}

/** An order that is the same everywhere, unlike that of a language. */
function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
