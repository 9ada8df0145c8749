import type { Client } from "../api/client.ts";
import { ApiError, PermissionDeniedError, UnreachableError } from "../api/errors.ts";
import { putFile } from "../api/files.ts";
import type { SignedUrlWire } from "../api/signed-urls.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";

const attempts = 3;

/** Sends a file, to a fresh URL at each attempt, as one may have expired. Answers its path in the space. */
export async function uploadFile(
  source: string,
  contentType: string,
  takeUrl: () => Promise<SignedUrlWire>,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const target = await takeUrl();
    try {
      await putFile(target.signedUrl, source, contentType);
      return target.path;
    } catch (error) {
      // A file that was not stored is no harm, so every passing failure is worth another try.
      const isPassing =
        error instanceof ApiError &&
        (error.outcomeUnknown ||
          error instanceof UnreachableError ||
          error instanceof PermissionDeniedError);
      if (!isPassing || attempt === attempts) {
        throw error;
      }
    }
  }
}

/** How many URLs S1 gives at once. */
const urlsPerRequest = 10;

/** Upload URLs of a space, asked for only when they are needed, as they expire. */
export class UploadUrls {
  readonly #client: Client;
  readonly #spaceId: string;
  readonly #left: SignedUrlWire[] = [];
  #asking: Promise<void> | undefined;

  constructor(client: Client, spaceId: string) {
    this.#client = client;
    this.#spaceId = spaceId;
  }

  async take(): Promise<SignedUrlWire> {
    for (;;) {
      const url = this.#left.pop();
      if (url !== undefined) {
        return url;
      }
      this.#asking ??= this.#ask();
      await this.#asking;
    }
  }

  async #ask(): Promise<void> {
    try {
      const urls = await this.#client.signedUrls.forUpload(this.#spaceId, urlsPerRequest);
      if (urls.length === 0) {
        throw new Refusal("the service gave no URL to upload to: run the update again");
      }
      this.#left.push(...urls);
    } finally {
      this.#asking = undefined;
    }
  }
}
