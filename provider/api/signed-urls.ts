import { z } from "zod";
import { isPrivate } from "./connection.ts";
import type { Http } from "./http.ts";

/** A URL that the platform gives, which is a secret: without https it would cross the network unencrypted. */
export function signedUrl(allowHttp: boolean): z.ZodType<string> {
  return z.string().refine((url) => URL.canParse(url) && isPrivate(new URL(url), allowHttp), {
    error: "must be an https URL, or one on this machine, unless allowHttp is on",
  });
}

function signedUrls(allowHttp: boolean) {
  return z.looseObject({
    items: z.array(z.looseObject({ path: z.string().min(1), signedUrl: signedUrl(allowHttp) })),
  });
}
type Answer = ReturnType<typeof signedUrls>;
export type SignedUrlWire = z.output<Answer>["items"][number];

/** How many URLs `createUploadUrls` gives at once. */
export const urlsPerRequest = 10;
/** How many paths `createReadUrls` takes at once. */
export const pathsPerRequest = 1_000;

/** URLs of a space's files that carry their own permission. They expire, and are secrets. */
export class SignedUrls {
  readonly #http: Http;
  readonly #answer: Answer;

  constructor(http: Http, allowHttp: boolean) {
    this.#http = http;
    this.#answer = signedUrls(allowHttp);
  }

  /** `createUploadUrls`: 1 to 10 new paths, each with a URL to PUT a file to. */
  async forUpload(spaceId: string, count = 1): Promise<SignedUrlWire[]> {
    return (
      await this.#http.request(
        "createUploadUrls",
        { spaceId },
        { query: { count }, answer: this.#answer },
      )
    ).items;
  }

  /** `createReadUrls`: URLs to GET 1 to 1,000 stored paths from. */
  async forReading(spaceId: string, paths: readonly string[]): Promise<SignedUrlWire[]> {
    return (
      await this.#http.request(
        "createReadUrls",
        { spaceId },
        { json: { paths }, answer: this.#answer },
      )
    ).items;
  }
}
