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
/** URLs expire, after minutes as far as is known: what is left of a request so long ago is not used. */
const freshForMs = 60_000;

/** A request for URLs, which as many wait for as it gives. */
interface Asked {
  readonly urls: Promise<SignedUrlWire[]>;
  readonly at: number;
  seats: number;
}

/** Upload URLs of a space, asked for only when they are needed, as they expire. */
export class UploadUrls {
  readonly #client: Client;
  readonly #spaceId: string;
  #asked: Asked | undefined;

  constructor(client: Client, spaceId: string) {
    this.#client = client;
    this.#spaceId = spaceId;
  }

  async take(): Promise<SignedUrlWire> {
    for (;;) {
      const url = (await this.#seat()).pop();
      // None is left for the last ones where the service gave fewer than it was asked for.
      if (url !== undefined) {
        return url;
      }
    }
  }

  /** Ten at most wait for one request, so that many who come at once do not wait for each other. */
  #seat(): Promise<SignedUrlWire[]> {
    if (this.#asked === undefined || Date.now() - this.#asked.at > freshForMs) {
      this.#asked = { urls: this.#ask(), at: Date.now(), seats: urlsPerRequest };
    }
    const { urls } = this.#asked;
    this.#asked.seats -= 1;
    if (this.#asked.seats === 0) {
      this.#asked = undefined;
    }
    return urls;
  }

  async #ask(): Promise<SignedUrlWire[]> {
    try {
      const urls = await this.#client.signedUrls.forUpload(this.#spaceId, urlsPerRequest);
      if (urls.length === 0) {
        throw new Refusal("the service gave no URL to upload to: run the update again");
      }
      return urls;
    } catch (error) {
      // Whoever comes next asks anew.
      this.#asked = undefined;
      throw error;
    }
  }
}
