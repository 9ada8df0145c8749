import { z } from "zod";
import { freeObject } from "./free-object.ts";
import type { Http } from "./http.ts";

const annotation = z.looseObject({
  id: z.string(),
  projectID: z.string().nullish(),
  workItemID: z.string().nullish(),
  inference: freeObject.nullish(),
  groundTruthReviewer: z.string().nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
  metadata: freeObject.nullish(),
});
export type AnnotationWire = z.output<typeof annotation>;

/** The annotations that people made for work items. */
export class Annotations {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** `getAnnotation`: the annotation of a work item, in COCO format. */
  get(projectId: string, workItemId: string): Promise<AnnotationWire> {
    return this.#http.request(
      "getAnnotation",
      { projectId, workItemId },
      { query: { format: "coco" }, answer: annotation },
    );
  }
}

/** Where the results of an annotation are stored. */
export interface StoredAt {
  spaceId: string;
  path: string;
}

/** Reads the address of results: `s3://<bucket>/spaces/<space>/<path>`. */
export function storedAt(address: unknown): StoredAt | undefined {
  const found = /^s3:\/\/[^/]+\/spaces\/([^/]+)\/(.+)$/s.exec(String(address));
  const [, spaceId, path] = found ?? [];
  return spaceId === undefined || path === undefined ? undefined : { spaceId, path };
}
