import { z } from "zod";
import { freeObject } from "./free-object.ts";
import type { Http } from "./http.ts";
import { int64, numeric } from "./int64.ts";
import type { PageStart } from "./pagination.ts";

/** A batch as the platform sends it; only listings have the counts. */
const batch = z.looseObject({
  id: int64,
  name: z.string(),
  projectId: z.string().nullish(),
  createdBy: z.string().nullish(),
  createdAt: z.string().nullish(),
  metadata: freeObject.nullish(),
  totalCount: numeric.nullish(),
  completedCount: numeric.nullish(),
});
export type BatchWire = z.output<typeof batch>;

/** Batches of a project. */
export class Batches {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** `createBatch`: creates a batch. The name is unique in the project. */
  create(projectId: string, body: { name: string }): Promise<BatchWire> {
    return this.#http.request("createBatch", { projectId }, { json: body, answer: batch });
  }

  /** `listBatches`: every batch of the project, with its counts. */
  list(projectId: string, start: PageStart = {}): AsyncIterable<BatchWire> {
    return this.#http.list("listBatches", { projectId }, start, { item: batch });
  }

  /**
   * `updateBatch`: renames a batch or replaces its metadata. `gone` has entries that new metadata may not keep; without new
   * metadata, all of them stay.
   */
  async update(
    projectId: string,
    batchId: string,
    body: { name?: string; metadata?: Record<string, unknown> },
    gone: readonly string[] = [],
  ): Promise<BatchWire> {
    const updated = await this.#change(projectId, batchId, body);
    const { metadata } = body;
    const removed = gone.filter((name) => Object.hasOwn(updated.metadata ?? {}, name));
    if (metadata === undefined || removed.length === 0) {
      return updated;
    }
    // A service that merges metadata removes an entry that is sent as null.
    const nulls = Object.fromEntries(removed.map((name) => [name, null]));
    return this.#change(projectId, batchId, { metadata: { ...metadata, ...nulls } });
  }

  async #change(projectId: string, batchId: string, body: object): Promise<BatchWire> {
    const options = { json: body, answer: batch.optional() };
    const answer = await this.#http.request("updateBatch", { projectId, batchId }, options);
    return answer ?? { id: batchId, name: "", ...body };
  }
}
