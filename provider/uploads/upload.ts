import type { Client } from "../api/client.ts";
import { CancelledError, isPassing, PermissionDeniedError } from "../api/errors.ts";
import { type FileContent, putFile } from "../api/files.ts";
import { pause } from "../api/look-again.ts";
import { type SignedUrlWire, urlsPerRequest } from "../api/signed-urls.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";

const attempts = 3;
const firstPauseMs = 300;

/** Sends a file, to a fresh URL at each attempt because a URL may have expired. Returns its path in the space. */
export async function uploadFile(
  client: Client,
  open: () => Promise<FileContent>,
  takeUrl: () => Promise<SignedUrlWire>,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const target = await takeUrl();
    try {
      await putFile(target.signedUrl, await open(), client.standstillMs);
      return target.path;
    } catch (error) {
      // A file that was not stored does no harm, so every passing failure is worth another try.
      const isAnotherWorthIt = isPassing(error) || error instanceof PermissionDeniedError;
      if (!isAnotherWorthIt || attempt === attempts) {
        throw error;
      }
      await pause(client, error.retryAfterMs ?? Math.random() * firstPauseMs * 2 ** attempt);
    }
  }
}

/** URLs expire, as far as we know after some minutes: those left from a request longer ago than this are not used. */
const freshForMs = 60_000;

/** A request for URLs, which as many callers wait for as it gives URLs. */
interface Asked {
  readonly urls: Promise<SignedUrlWire[]>;
  readonly at: number;
  seats: number;
}

/**
 * Upload URLs of a space, requested only shortly before they are needed, because they expire: ten are on their way
 * while ten are taken, so that no file waits for its URL.
 */
export class UploadUrls {
  readonly #client: Client;
  readonly #spaceId: string;
  /** Oldest first. */
  #asked: Asked[] = [];
  #toCome: number;

  /** `expected` is how many URLs will be taken if all goes well. */
  constructor(client: Client, spaceId: string, expected: number) {
    this.#client = client;
    this.#spaceId = spaceId;
    this.#toCome = expected;
  }

  async take(): Promise<SignedUrlWire> {
    if (this.#client.signal?.aborted) {
      throw new CancelledError({ method: "PUT", path: "to a signed URL" });
    }
    for (;;) {
      const url = (await this.#seat()).pop();
      // The last callers get none if the service gave fewer URLs than it was asked for.
      if (url !== undefined) {
        return url;
      }
    }
  }

  #seat(): Promise<SignedUrlWire[]> {
    const oldest = Date.now() - freshForMs;
    this.#asked = this.#asked.filter(({ at, seats }) => at >= oldest && seats > 0);
    const first = this.#asked[0] ?? this.#ask();
    first.seats -= 1;
    const seats = this.#asked.reduce((sum, asked) => sum + asked.seats, 0);
    if (seats < urlsPerRequest && this.#toCome > 0) {
      this.#ask();
    }
    return first.urls;
  }

  #ask(): Asked {
    const asked = { urls: this.#urls(), at: Date.now(), seats: urlsPerRequest };
    this.#toCome -= urlsPerRequest;
    this.#asked.push(asked);
    // Whoever comes after a failure asks again. It may also be that nobody waits for this request yet.
    asked.urls.catch(() => {
      asked.seats = 0;
    });
    return asked;
  }

  async #urls(): Promise<SignedUrlWire[]> {
    const urls = await this.#client.signedUrls.forUpload(this.#spaceId, urlsPerRequest);
    if (urls.length === 0) {
      throw new Refusal("the service gave no URL to upload to: run the update again");
    }
    return urls;
  }
}
