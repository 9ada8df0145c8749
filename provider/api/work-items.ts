import { z } from "zod";
import type { PlatformClock } from "./clock.ts";
import { NotFoundError } from "./errors.ts";
import { freeObject } from "./free-object.ts";
import type { Http } from "./http.ts";
import { int64, int64ToJson, numeric } from "./int64.ts";
import type { PageStart } from "./pagination.ts";

const isEnded = /^(cancell?ed|deleted|archived|aborted)$/i;

/** A work item as the platform sends it; only listings have the labels. */
const workItem = z.looseObject({
  id: z.union([z.string(), z.int().transform(String)]),
  // Whatever the platform calls it, the item has ended and gives no result.
  status: z.string().transform((status) => (isEnded.test(status) ? "FAILED" : status)),
  assetUrl: z.string().nullish(),
  assetId: int64.nullish(),
  batchId: int64.nullish(),
  resultsUrl: z.string().nullish(),
  taxonomyVersionId: z.string().nullish(),
  metadata: freeObject.nullish(),
  dueInSeconds: numeric.nullish(),
  difficulty: numeric.nullish(),
  assetType: z.string().nullish(),
  labels: z.array(z.unknown()).nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
  dueAt: z.string().nullish(),
});
export type WorkItemWire = z.output<typeof workItem>;

const ages = new WeakMap<WorkItemWire, number>();

/** How many seconds old a work item was when it was read, by the platform's clock; 0 if that is not known. */
export function ageOf(item: WorkItemWire): number {
  return ages.get(item) ?? 0;
}

/** What `createWorkItem` takes. */
export interface WorkItemInput {
  assetUrl: string;
  assetType: string;
  assetId?: string;
  batchId?: string;
  resultsUrl?: string;
  taxonomyVersionId?: string;
  metadata?: Record<string, unknown>;
  dueInSeconds?: number;
  difficulty?: number;
  labels?: unknown[];
}

/** Which work items `listWorkItems` lists. Moments are ISO 8601, inclusive. */
export interface WorkItemFilter extends PageStart {
  workItemIDs?: readonly string[];
  /** At most 100. */
  batchIds?: readonly string[];
  status?: string;
  createdAtFrom?: string;
  createdAtTo?: string;
  updatedAtFrom?: string;
  updatedAtTo?: string;
}

/** Work items of a project. */
export class WorkItems {
  readonly #http: Http;
  readonly #clock: PlatformClock;

  constructor(http: Http, clock: PlatformClock) {
    this.#http = http;
    this.#clock = clock;
  }

  /** `createWorkItem`: creates a work item. */
  async create(
    projectId: string,
    { assetId, batchId, ...input }: WorkItemInput,
  ): Promise<WorkItemWire> {
    const json = {
      ...input,
      ...(assetId !== undefined && { assetId: int64ToJson(assetId) }),
      ...(batchId !== undefined && { batchId: int64ToJson(batchId) }),
    };
    const answer = await this.#http.request(
      "createWorkItem",
      { projectId },
      { json, answer: workItem },
    );
    return this.#normalize(answer);
  }

  /** `listWorkItems`: every work item that the filter selects, with its labels, and no other that the service sends. */
  async *list(
    projectId: string,
    { cursor, page, ...filter }: WorkItemFilter = {},
  ): AsyncGenerator<WorkItemWire, void, undefined> {
    const start = { ...(cursor !== undefined && { cursor }), ...(page !== undefined && { page }) };
    const { workItemIDs, batchIds, status } = filter;
    const ids = workItemIDs && new Set(workItemIDs);
    const query = { ...filter };
    try {
      const answers = this.#http.list("listWorkItems", { projectId }, start, {
        query,
        item: workItem,
      });
      for await (const answer of answers) {
        const item = this.#normalize(answer);
        const isOfBatch =
          batchIds === undefined || item.batchId == null || batchIds.includes(item.batchId);
        const isMeant = ids === undefined || ids.has(item.id);
        if (isMeant && isOfBatch && (status === undefined || status === item.status)) {
          yield item;
        }
      }
    } catch (error) {
      if (!(error instanceof NotFoundError) || workItemIDs === undefined) {
        throw error;
      }
      yield* this.#listKnown(projectId, filter, error);
    }
  }

  /** The items that the service knows, if it refuses a list of ids because it does not know one of them. */
  async *#listKnown(
    projectId: string,
    { workItemIDs = [], ...filter }: WorkItemFilter,
    error: NotFoundError,
  ): AsyncGenerator<WorkItemWire, void, undefined> {
    const [first] = workItemIDs;
    if (workItemIDs.length > 1) {
      const half = Math.ceil(workItemIDs.length / 2);
      yield* this.list(projectId, { ...filter, workItemIDs: workItemIDs.slice(0, half) });
      yield* this.list(projectId, { ...filter, workItemIDs: workItemIDs.slice(half) });
    } else if (first !== undefined && (await this.#isThere(projectId))) {
      return;
    } else {
      throw error;
    }
  }

  /** Whether the project exists: only then is it a work item that the service does not know. */
  async #isThere(projectId: string): Promise<boolean> {
    try {
      for await (const _ of this.#http.list(
        "listWorkItems",
        { projectId },
        {},
        { query: { limit: 1 }, item: workItem },
      )) {
        break;
      }
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) {
        return false;
      }
      throw error;
    }
  }

  /** An answer in the one form that the provider uses, with its age noted. */
  #normalize({ dueAt, ...answer }: WorkItemWire): WorkItemWire {
    const created = Date.parse(answer.createdAt ?? "");
    const dueInSeconds = Math.round((Date.parse(dueAt ?? "") - created) / 1000);
    const isTold = answer.dueInSeconds != null || Number.isNaN(dueInSeconds);
    const item = isTold ? answer : { ...answer, dueInSeconds };
    const now = this.#clock.now()?.getTime() ?? created;
    ages.set(item, Math.max(0, Math.round((now - created) / 1000)) || 0);
    return item;
  }

  /** `listWorkItems`: the work item with this id, or undefined. */
  async find(projectId: string, workItemId: string): Promise<WorkItemWire | undefined> {
    const items = await Array.fromAsync(this.list(projectId, { workItemIDs: [workItemId] }));
    return items.find(({ id }) => id === workItemId);
  }

  /** `setLabels`: replaces the labels of a work item. */
  async setLabels(
    projectId: string,
    workItemId: string,
    labels: readonly unknown[],
  ): Promise<void> {
    await this.#http.request(
      "setLabels",
      { projectId, workItemId },
      { json: { labels }, answer: z.unknown() },
    );
  }
}
