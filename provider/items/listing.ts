import type { Client } from "../api/client.ts";
import type { WorkItemFilter, WorkItemWire } from "../api/work-items.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { isSameAsset, namesOfAnswered, namesOfDeclared } from "./answered.ts";
import { findBatch } from "./batches.ts";
import { formatMark, isMarkOf, type Mark, readMark } from "./mark.ts";
import { answerOf, openSession } from "./session.ts";

/** Where work items are: a project and one of its batches. Without a batch, the project's batch `Default`. */
export interface Place {
  projectId: string;
  batchId?: string | undefined;
}

/** How far apart the clocks of the platform's own machines may be. */
const clockSkewMs = 2 * 60_000;

/** A work item that a declaration made. */
interface Marked {
  item: WorkItemWire;
  mark: Mark;
}

/** The work items of a place, by what they show and by who made them, without those that failed or were cancelled. */
export class LiveItems {
  readonly all: readonly WorkItemWire[];
  /** By the names of the asset; built when it is first needed. */
  #byAsset: ReadonlyMap<string, WorkItemWire[]> | undefined;
  readonly #byText: ReadonlyMap<string, Marked[]>;
  readonly #byIncarnation: ReadonlyMap<string | undefined, Marked[]>;
  /** By incarnation and key. */
  readonly #byLife: ReadonlyMap<string, Marked[]>;

  /** Takes the listed items, in any order. */
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

  /** The items that carry this mark, oldest first. A renamed resource still finds those of its incarnation. */
  find(wanted: Mark): WorkItemWire[] {
    const named = this.#byText.get(formatMark(wanted)) ?? [];
    const known = wanted.incarnation === undefined ? [] : this.#byLife.get(lifeOf(wanted));
    const found = [...named.filter(({ mark }) => isMarkOf(mark, wanted)), ...(known ?? [])];
    return [...new Set(found.map(({ item }) => item))];
  }

  /** The items that show an asset. */
  ofAsset(assetUrl: string): WorkItemWire[] {
    this.#byAsset ??= byAsset(this.all);
    const named = namesOfDeclared(assetUrl).flatMap((name) => this.#byAsset?.get(name) ?? []);
    return [...new Set(named)].filter((item) => isSameAsset(assetUrl, item.assetUrl ?? ""));
  }

  /** All items that one life of a resource made, oldest first. */
  ofIncarnation(incarnation: string): WorkItemWire[] {
    return (this.#byIncarnation.get(incarnation) ?? []).map(({ item }) => item);
  }

  /** All items that carry the owner's mark, whichever of its lives made them. */
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

/** After how many listed work items each report of the progress comes. */
const toldEach = 1_000;

/** The live work items of a place, listed once per process, as they were before the process made any. */
export function listLiveOnce({ client, status }: Platform, place: Place): Promise<LiveItems> {
  return answerOf(openSession(client).liveItems, keyOfPlace(place), () =>
    listLive(client.origin, place, undefined, 0, (count) =>
      status(`looks through what the batch has: ${count} work items so far`),
    ),
  );
}

/**
 * Lists the live work items of a place: all of them, or those created since a moment of the platform's clock or within
 * `beforeMs` before it. Operation `listWorkItems`.
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

/** A name for a place. */
export function keyOfPlace({ projectId, batchId = "" }: Place): string {
  return `${projectId}/${batchId}`;
}

/** The filter that selects the batch of a place in a listing. */
async function batchFilter(client: Client, { projectId, batchId }: Place): Promise<WorkItemFilter> {
  if (batchId !== undefined) {
    return { batchIds: [batchId] };
  }
  const found = await findBatch(client, projectId, "Default");
  return found === undefined ? {} : { batchIds: [found.id] };
}
