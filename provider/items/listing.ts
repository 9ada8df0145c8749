import type { Client } from "../api/client.ts";
import type { WorkItemFilter, WorkItemWire } from "../api/work-items.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { isSameAsset, namesOfAnswered, namesOfDeclared } from "./answered.ts";
import { findBatch } from "./batches.ts";
import { formatMark, isMarkOf, type Mark, readMark } from "./mark.ts";
import { answerOf, openSession } from "./session.ts";

/** Where work items are: a project, and a batch of it. Without one, the project's batch `Default`. */
export interface Place {
  projectId: string;
  batchId?: string | undefined;
}

/** How far the clocks of the platform's own machines may be apart. */
const clockSkewMs = 2 * 60_000;

/** A work item that a declaration made. */
interface Marked {
  item: WorkItemWire;
  mark: Mark;
}

/** The live work items of a place, by what they show and by who made them. Those that failed or were cancelled are left out. */
export class LiveItems {
  readonly all: readonly WorkItemWire[];
  /** By the names of the asset; made when it is first asked for. */
  #byAsset: ReadonlyMap<string, WorkItemWire[]> | undefined;
  readonly #byText: ReadonlyMap<string, Marked[]>;
  readonly #byIncarnation: ReadonlyMap<string | undefined, Marked[]>;
  /** By incarnation and key. */
  readonly #byLife: ReadonlyMap<string, Marked[]>;

  /** From what is listed, in any order. */
  constructor(items: readonly WorkItemWire[]) {
    const oldestFirst = items.toSorted((one, other) =>
      (one.createdAt ?? "").localeCompare(other.createdAt ?? ""),
    );
    const marked = oldestFirst.flatMap((item): Marked[] => {
      const mark = readMark(item);
      return mark === undefined ? [] : [{ item, mark }];
    });
    this.all = oldestFirst;
    this.#byText = Map.groupBy(marked, ({ mark }) => formatMark(mark));
    this.#byIncarnation = Map.groupBy(marked, ({ mark }) => mark.incarnation);
    this.#byLife = Map.groupBy(marked, ({ mark }) => lifeOf(mark));
  }

  /** Those that carry this mark, the oldest first. A resource that was renamed still knows those of its incarnation. */
  find(wanted: Mark): WorkItemWire[] {
    const named = this.#byText.get(formatMark(wanted)) ?? [];
    const known = wanted.incarnation === undefined ? [] : this.#byLife.get(lifeOf(wanted));
    const found = [...named.filter(({ mark }) => isMarkOf(mark, wanted)), ...(known ?? [])];
    return [...new Set(found.map(({ item }) => item))];
  }

  /** Those that show an asset. */
  ofAsset(assetUrl: string): WorkItemWire[] {
    this.#byAsset ??= byAsset(this.all);
    const named = namesOfDeclared(assetUrl).flatMap((name) => this.#byAsset?.get(name) ?? []);
    return [...new Set(named)].filter((item) => isSameAsset(assetUrl, item.assetUrl ?? ""));
  }

  /** All that one life of a resource made, the oldest first. */
  ofIncarnation(incarnation: string): WorkItemWire[] {
    return (this.#byIncarnation.get(incarnation) ?? []).map(({ item }) => item);
  }

  /** All that carry the owner's mark, whichever life of it made them. */
  ofOwner({ owner, organization }: Mark): WorkItemWire[] {
    return [...this.#byText.values()]
      .flat()
      .filter(({ mark }) => isMarkOf(mark, { owner, organization, key: mark.key }))
      .map(({ item }) => item);
  }
}

function byAsset(items: readonly WorkItemWire[]): Map<string, WorkItemWire[]> {
  const named = items.flatMap((item) =>
    namesOfAnswered(item.assetUrl ?? "").map((name) => ({ name, item })),
  );
  const found = Map.groupBy(named, ({ name }) => name);
  return new Map([...found].map(([name, pairs]) => [name, pairs.map(({ item }) => item)]));
}

function lifeOf({ incarnation, key }: Mark): string {
  return JSON.stringify([incarnation, key]);
}

/** How many work items are listed before it is told how far that is. */
const toldEach = 1_000;

/** The live work items of a place, listed once per process: what they were before it made any. */
export function listLiveOnce({ client, status }: Platform, place: Place): Promise<LiveItems> {
  return answerOf(openSession(client).liveItems, keyOfPlace(place), () =>
    listLive(client, place, undefined, 0, (count) =>
      status(`looks through what the batch has: ${count} work items so far`),
    ),
  );
}

/**
 * Lists the live work items of a place: all, or those that were created since a moment of the platform's clock, or so
 * long before it. Operation `listWorkItems`.
 */
export async function listLive(
  client: Client,
  place: Place,
  since?: Date | undefined,
  beforeMs: number = clockSkewMs,
  tell: (count: number) => void = () => {},
): Promise<LiveItems> {
  const filter: WorkItemFilter = {
    ...(await batchFilter(client, place)),
    ...(since !== undefined && {
      createdAtFrom: new Date(since.getTime() - beforeMs).toISOString(),
    }),
  };
  const live: WorkItemWire[] = [];
  let count = 0;
  for await (const item of client.workItems.list(place.projectId, filter)) {
    count += 1;
    if (count % toldEach === 0) {
      tell(count);
    }
    if (item.status !== "FAILED") {
      live.push(item);
    }
  }
  return new LiveItems(live);
}

/** What names a place. */
export function keyOfPlace({ projectId, batchId = "" }: Place): string {
  return `${projectId}/${batchId}`;
}

/** What selects the batch of a place in a listing. */
async function batchFilter(client: Client, { projectId, batchId }: Place): Promise<WorkItemFilter> {
  if (batchId !== undefined) {
    return { batchIds: [batchId] };
  }
  const found = await findBatch(client, projectId, "Default");
  return found === undefined ? {} : { batchIds: [found.id] };
}
