import { z } from "zod";
import type { Http } from "./http.ts";

const signedUrls = z.looseObject({
  items: z.array(z.looseObject({ path: z.string().min(1), signedUrl: z.url() })),
});
export type SignedUrlWire = z.output<typeof signedUrls>["items"][number];

/** How many URLs S1 gives at once. */
export const urlsPerRequest = 10;
/** How many paths S2 takes at once. */
export const pathsPerRequest = 1_000;

/** URLs of a space's files that carry their own permission. They expire, and are secrets. */
export class SignedUrls {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** S1: 1 to 10 new paths, each with a URL to PUT a file to. */
  async forUpload(spaceId: string, count = 1): Promise<SignedUrlWire[]> {
    return (
      await this.#http.request(
        "createUploadUrls",
        { spaceId },
        { query: { count }, answer: signedUrls },
      )
    ).items;
  }

  /** S2: URLs to GET 1 to 1,000 stored paths from. */
  async forReading(spaceId: string, paths: readonly string[]): Promise<SignedUrlWire[]> {
    return (
      await this.#http.request(
        "createReadUrls",
        { spaceId },
        { json: { paths }, answer: signedUrls },
      )
    ).items;
  }
}
