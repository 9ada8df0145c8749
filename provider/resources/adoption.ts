import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { WorkItemFilter, WorkItemInput, WorkItemWire } from "../api/work-items.ts";

// S9 has no idempotency key: a work item sent twice is paid twice. So each one carries the name of its
// declaration in its metadata, and is looked for before it is created and whenever a creation's outcome
// is unknown.

/** The entry of a work item's metadata that names its declaration. */
export const metadataKey = "pulumiUrn";

/** A work item's metadata as the user sees it. */
export function withoutKey(metadata: Record<string, unknown>): Record<string, unknown> {
  const { [metadataKey]: _key, ...own } = metadata;
  return own;
}

const attempts = 3;
/** How long a new item may take to appear in a listing. */
const lookAgainAfterMs = [0, 500, 1_500];
/** How far the platform's clock may be off ours. */
const clockSkewMs = 10 * 60_000;

type Key = string;
const listed = new WeakMap<Client, Map<string, Promise<Map<Key, WorkItemWire[]>>>>();

/**
 * The live work items that carry the key, the oldest first. A batch is listed once per process, as only
 * what an earlier process left is looked for.
 */
export async function findByKey(
  client: Client,
  projectId: string,
  batchId: string | undefined,
  key: Key,
): Promise<WorkItemWire[]> {
  const ofClient = listed.get(client) ?? new Map<string, Promise<Map<Key, WorkItemWire[]>>>();
  listed.set(client, ofClient);
  const place = `${projectId}/${batchId ?? ""}`;
  const known =
    ofClient.get(place) ??
    filterOf(client, projectId, batchId).then((filter) => byKey(client, projectId, filter));
  ofClient.set(place, known);
  try {
    return (await known).get(key) ?? [];
  } catch (error) {
    ofClient.delete(place);
    throw error;
  }
}

/**
 * Creates a work item under its key, exactly once: where the outcome is unknown, it looks before it
 * repeats. `earlier` are ids of items of the same key that are not the one to make.
 */
export async function createOnce(
  client: Client,
  projectId: string,
  input: WorkItemInput,
  key: Key,
  earlier: readonly string[],
): Promise<WorkItemWire> {
  const createdAtFrom = new Date(Date.now() - clockSkewMs).toISOString();
  const keyed = { ...input, metadata: { ...input.metadata, [metadataKey]: key } };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.workItems.create(projectId, keyed);
    } catch (error) {
      if (!(error instanceof ApiError && error.outcomeUnknown)) {
        throw error;
      }
      const filter = { ...(await filterOf(client, projectId, input.batchId)), createdAtFrom };
      for (const wait of lookAgainAfterMs) {
        await delay(wait);
        const found = (await byKey(client, projectId, filter)).get(key) ?? [];
        const made = found.find(({ id }) => !earlier.includes(id));
        if (made !== undefined) {
          return made;
        }
      }
      if (attempt === attempts) {
        throw error;
      }
    }
  }
}

/** An item without a batch is in the project's batch `Default`. */
async function filterOf(
  client: Client,
  projectId: string,
  batchId: string | undefined,
): Promise<WorkItemFilter> {
  if (batchId !== undefined) {
    return { batchIds: [batchId] };
  }
  for await (const batch of client.batches.list(projectId)) {
    if (batch.name === "Default") {
      return { batchIds: [batch.id] };
    }
  }
  return {};
}

async function byKey(
  client: Client,
  projectId: string,
  filter: WorkItemFilter,
): Promise<Map<Key, WorkItemWire[]>> {
  const items = new Map<Key, WorkItemWire[]>();
  for await (const item of client.workItems.list(projectId, filter)) {
    const key = item.metadata?.[metadataKey];
    // A failed item is one that was cancelled, or that people gave up.
    if (typeof key === "string" && item.status !== "FAILED") {
      items.set(key, [...(items.get(key) ?? []), item]);
    }
  }
  for (const found of items.values()) {
    found.sort((left, right) => (left.createdAt ?? "").localeCompare(right.createdAt ?? ""));
  }
  return items;
}
