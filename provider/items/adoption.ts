import DataLoader from "dataloader";
import type { Client } from "../api/client.ts";
import { ApiError, NoAnswerError } from "../api/errors.ts";
import { pause } from "../api/pause.ts";
import type { WorkItemFilter, WorkItemInput, WorkItemWire } from "../api/work-items.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { findBatch } from "./batches.ts";
import { lookAgainAfterMs } from "./gather.ts";
import { answerOf, rememberedFor } from "./remembered.ts";

// S9 has no idempotency key: a work item sent twice is paid twice. So each one carries the name of its
// declaration in its metadata, and is looked for before it is created and whenever a creation's outcome
// is unknown.

/** The entry of a work item's metadata that names its declaration. */
export const metadataKey = "pulumiUrn";

/** What names a declaration: its URN. */
export function keyOf({ owner }: Platform): string {
  if (owner === undefined) {
    throw new Error("a work item without a URN cannot be created: this is a fault of the provider");
  }
  return owner;
}

/** A work item's metadata as the user sees it. */
export function withoutKey(metadata: Record<string, unknown>): Record<string, unknown> {
  const { [metadataKey]: _key, ...own } = metadata;
  return own;
}

/** Where work items are: a project, and a batch of it. Without one, the project's batch `Default`. */
export interface Place {
  projectId: string;
  batchId?: string | undefined;
}

/** Work items by their key, the oldest first. Only live ones: not those that failed or were cancelled. */
type ByKey = Map<string, WorkItemWire[]>;

const attempts = 3;
/** How far the platform's clock may be off ours. */
const clockSkewMs = 10 * 60_000;
/** How long look-ups wait for others, to share a listing. */
const gatherMs = 100;

const listed = new WeakMap<Client, Map<string, Promise<ByKey>>>();

/**
 * The live work items that carry the key. A batch is listed once per process, as only what an earlier
 * process left is looked for.
 */
export async function findByKey(
  client: Client,
  place: Place,
  key: string,
): Promise<WorkItemWire[]> {
  const lists = rememberedFor(listed, client);
  const known = await answerOf(lists, nameOf(place), () => listByKey(client, place));
  return known.get(key) ?? [];
}

/** Lists the work items of a place by their key: all, or those that were created since a moment. */
export async function listByKey(client: Client, place: Place, since?: Date): Promise<ByKey> {
  const items: ByKey = new Map();
  for await (const item of liveItems(client, place, since)) {
    const key = item.metadata?.[metadataKey];
    if (typeof key === "string") {
      items.set(key, [...(items.get(key) ?? []), item]);
    }
  }
  for (const found of items.values()) {
    found.sort((left, right) => (left.createdAt ?? "").localeCompare(right.createdAt ?? ""));
  }
  return items;
}

/** The live work items of a place: all, or those that were created since a moment. Operation S10. */
export async function* liveItems(
  client: Client,
  place: Place,
  since?: Date,
): AsyncGenerator<WorkItemWire> {
  const filter: WorkItemFilter = {
    ...(await batchFilter(client, place)),
    ...(since !== undefined && {
      createdAtFrom: new Date(since.getTime() - clockSkewMs).toISOString(),
    }),
  };
  for await (const item of client.workItems.list(place.projectId, filter)) {
    if (item.status !== "FAILED") {
      yield item;
    }
  }
}

/**
 * Creates a work item under its key, exactly once: where the outcome is unknown, it looks before it
 * repeats. `earlier` are ids of items of the same key that are not the one to make.
 */
export async function createOnce(
  client: Client,
  place: Place,
  input: WorkItemInput,
  key: string,
  earlier: readonly string[],
): Promise<WorkItemWire> {
  const since = new Date();
  const keyed = {
    ...input,
    ...(place.batchId !== undefined && { batchId: place.batchId }),
    metadata: { ...input.metadata, [metadataKey]: key },
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.workItems.create(place.projectId, keyed);
    } catch (error) {
      if (!(error instanceof ApiError && error.outcomeUnknown)) {
        throw error;
      }
      for (const wait of lookAgainAfterMs) {
        await pause(client, wait);
        const found = await recentOf(client, place).load({ key, since });
        const made = found.find(({ id }) => !earlier.includes(id));
        if (made !== undefined) {
          return made;
        }
      }
      // The server may be at work on the first request still.
      if (error instanceof NoAnswerError || attempt === attempts) {
        throw error;
      }
    }
  }
}

type Recent = DataLoader<{ key: string; since: Date }, WorkItemWire[]>;
const recents = new WeakMap<Client, Map<string, Recent>>();

/** Looks for what was created lately, in one listing for all that ask at about the same time. */
function recentOf(client: Client, place: Place): Recent {
  const loaders = rememberedFor(recents, client);
  const name = nameOf(place);
  const loader =
    loaders.get(name) ??
    new DataLoader(
      async (asked: readonly { key: string; since: Date }[]) => {
        const since = new Date(Math.min(...asked.map((each) => each.since.getTime())));
        const items = await listByKey(client, place, since);
        return asked.map(({ key }) => items.get(key) ?? []);
      },
      { cache: false, batchScheduleFn: (load) => setTimeout(load, gatherMs) },
    );
  loaders.set(name, loader);
  return loader;
}

/** What names a place. */
export function nameOf({ projectId, batchId = "" }: Place): string {
  return `${projectId}/${batchId}`;
}

/** What selects the batch of a place in a listing. */
export async function batchFilter(
  client: Client,
  { projectId, batchId }: Place,
): Promise<WorkItemFilter> {
  if (batchId !== undefined) {
    return { batchIds: [batchId] };
  }
  const found = await findBatch(client, projectId, "Default");
  return found === undefined ? {} : { batchIds: [found.id] };
}
