import { createHash } from "node:crypto";
import type { Client } from "../api/client.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { eachGroup } from "../items/groups.ts";
import { readMark } from "../items/mark.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { isUrl, stripUrl } from "../text/urls.ts";

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
  /** The picture's own name: that of its file, or its URL; two assets never have one name. */
  name: string;
  /** When it was last changed: the same results have the same moment. Without a moment, they never count as known. */
  updatedAt: string | undefined;
}

/** The finished work items of a scope, by key, then asset, then id. Operation `listWorkItems`, 100 a request. */
export async function finishedItems(client: Client, scope: Scope): Promise<FinishedItem[]> {
  const { projectId, batchId, workItemIds = {} } = scope;
  const found: Found[] = [];
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
  return named(found).sort(
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

/** An item with what is in no result, because it may hold a signature. */
interface Found {
  item: FinishedItem;
  wholeAsset: string;
}

/** What was uploaded has a path that says nothing. Release 0.1 did not note the file, which a dataset has as its key. */
const uploaded = /^uploads\/[0-9a-f]{8}-[0-9a-f-]{27}$/i;

function finishedItem(wire: WorkItemWire, key: string | undefined): Found {
  const wholeAsset = wire.assetUrl ?? "";
  const asset = stripUrl(wholeAsset);
  const { file, key: inSet } = readMark(wire) ?? {};
  const item: FinishedItem = {
    id: wire.id,
    key: key && stripUrl(key),
    asset,
    name: file ?? (uploaded.test(asset) ? inSet : undefined) ?? asset,
    updatedAt: wire.updatedAt ?? undefined,
  };
  return { item, wholeAsset };
}

/** The items, with different names for different pictures: URLs may differ only in what is left out of the name. */
function named(found: readonly Found[]): FinishedItem[] {
  const assets = new Map<string, Set<string>>();
  for (const { item, wholeAsset } of found) {
    const alike = assets.get(item.name) ?? new Set();
    assets.set(item.name, alike.add(wholeAsset));
  }
  return found.map(({ item, wholeAsset }) => {
    if ((assets.get(item.name)?.size ?? 0) < 2) {
      return item;
    }
    const digest = createHash("sha256").update(wholeAsset).digest("hex").slice(0, 8);
    const name = isUrl(item.name)
      ? `${item.name}#${digest}`
      : item.name.replace(/(\.[^./]+)?$/, `#${digest}$1`);
    return { ...item, name, ...(isUrl(item.name) && item.key === item.name && { key: name }) };
  });
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
