import { z } from "zod";
import { freeObject } from "./free-object.ts";
import type { Http } from "./http.ts";
import { int64, int64ToJson, numeric } from "./int64.ts";
import type { PageStart } from "./pagination.ts";

/** A work item as the platform sends it; labels come in listings only. */
const workItem = z.looseObject({
  id: z.string(),
  status: z.string(),
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
});
export type WorkItemWire = z.output<typeof workItem>;

/** What S9 takes. */
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

/** Which work items S10 lists. Moments are ISO 8601, inclusive. */
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

  constructor(http: Http) {
    this.#http = http;
  }

  /** S9: creates a work item. */
  create(projectId: string, { assetId, batchId, ...input }: WorkItemInput): Promise<WorkItemWire> {
    const json = {
      ...input,
      ...(assetId !== undefined && { assetId: int64ToJson(assetId) }),
      ...(batchId !== undefined && { batchId: int64ToJson(batchId) }),
    };
    return this.#http.request("createWorkItem", { projectId }, { json, answer: workItem });
  }

  /** S10: every work item that the filter selects, with its labels. */
  list(
    projectId: string,
    { cursor, page, ...filter }: WorkItemFilter = {},
  ): AsyncIterable<WorkItemWire> {
    const start = { ...(cursor !== undefined && { cursor }), ...(page !== undefined && { page }) };
    return this.#http.list("listWorkItems", { projectId }, start, {
      query: { ...filter },
      item: workItem,
    });
  }

  /** S10: the work item of that id, or nothing. */
  async find(projectId: string, workItemId: string): Promise<WorkItemWire | undefined> {
    const items = await Array.fromAsync(this.list(projectId, { workItemIDs: [workItemId] }));
    return items.find(({ id }) => id === workItemId);
  }

  /** S11: replaces the labels of a work item. */
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
