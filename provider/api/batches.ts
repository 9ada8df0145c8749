import { z } from "zod";
import { freeObject } from "./free-object.ts";
import type { Http } from "./http.ts";
import { int64, numeric } from "./int64.ts";
import type { PageStart } from "./pagination.ts";

/** A batch as the platform sends it; the counts come in listings only. */
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

  /** S3: creates a batch. The name is unique in the project. */
  create(projectId: string, body: { name: string }): Promise<BatchWire> {
    return this.#http.request("createBatch", { projectId }, { json: body, answer: batch });
  }

  /** S4: every batch of the project, with its counts. */
  list(projectId: string, start: PageStart = {}): AsyncIterable<BatchWire> {
    return this.#http.list("listBatches", { projectId }, start, { item: batch });
  }

  /** S5: renames a batch or replaces its metadata. */
  update(
    projectId: string,
    batchId: string,
    body: { name?: string; metadata?: Record<string, unknown> },
  ): Promise<BatchWire> {
    return this.#http.request("updateBatch", { projectId, batchId }, { json: body, answer: batch });
  }
}
