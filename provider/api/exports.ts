import { z } from "zod";
import type { Http } from "./http.ts";
import { int64ToJson } from "./int64.ts";
import { signedUrl } from "./signed-urls.ts";

/** An export as the platform sends it. */
function exported(allowHttp: boolean) {
  return z
    .looseObject({
      exportId: z.string(),
      name: z.string().nullish(),
      status: z.string(),
      format: z.string().nullish(),
      content: z.string().nullish(),
      createdBy: z.string().nullish(),
      downloadUrl: signedUrl(allowHttp).nullish(),
      error: z.string().nullish(),
      createdAt: z.string().nullish(),
    })
    .transform((each) => ({ ...each, id: each.exportId }));
}
type Answer = ReturnType<typeof exported>;
/** `downloadUrl` carries its own permission for 7 days: it is a secret. */
export type ExportWire = z.output<Answer>;

/** What an export is started with. Moments are ISO 8601, inclusive. */
export interface ExportInput {
  name: string;
  format: string;
  content?: string;
  /** 1 to 50. Default: all projects of the space. */
  projectIds?: readonly string[];
  /** At most 100. */
  batchIds?: readonly string[];
  createdAtFrom?: string;
  createdAtTo?: string;
  updatedAtFrom?: string;
  updatedAtTo?: string;
}

/** Exports of a space, which the platform makes one at a time. */
export class Exports {
  readonly #http: Http;
  readonly #answer: Answer;

  constructor(http: Http, allowHttp: boolean) {
    this.#http = http;
    this.#answer = exported(allowHttp);
  }

  /** Starts an export. The platform refuses it with 409 while another export of the space runs. */
  create(spaceId: string, { batchIds, ...input }: ExportInput): Promise<ExportWire> {
    const json = {
      ...input,
      ...(batchIds !== undefined && { batchIds: batchIds.map(int64ToJson) }),
    };
    return this.#http.request("createExport", { spaceId }, { json, answer: this.#answer });
  }

  /** Every export of the space, newest first. */
  list(spaceId: string): AsyncIterable<ExportWire> {
    return this.#http.list("listExports", { spaceId }, {}, { item: this.#answer });
  }

  /** One export, with the URL of its file once it is complete. */
  get(spaceId: string, exportId: string): Promise<ExportWire> {
    return this.#http.request("getExport", { spaceId, exportId }, { answer: this.#answer });
  }

  /** Deletes an export and its file, whatever its status. */
  async delete(spaceId: string, exportId: string): Promise<void> {
    await this.#http.request("deleteExport", { spaceId, exportId }, { answer: z.unknown() });
  }
}
