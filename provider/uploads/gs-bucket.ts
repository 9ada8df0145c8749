import { addAbortSignal, type Readable } from "node:stream";
import type * as gcs from "@google-cloud/storage";
import { isStatusError } from "../api/retry.ts";
import {
  changedError,
  installed,
  listError,
  publicUrl,
  rangeOf,
  readError,
  Watch,
} from "./bucket-access.ts";
import type { Bucket, BucketObject, Part } from "./bucket-source.ts";

/** A bucket of Google Cloud Storage, or of a service like it at `STORAGE_EMULATOR_HOST`. */
export class GsBucket implements Bucket {
  readonly #storage: gcs.Storage;
  readonly #endpoint: string;
  readonly #name: string;
  readonly #prefix: string;

  private constructor(sdk: typeof gcs, name: string, prefix: string) {
    // It finds the Application Default Credentials.
    this.#storage = new sdk.Storage();
    // Alone among Google's libraries, this one takes the emulator's address for that of the API below it.
    this.#endpoint = this.#storage.apiEndpoint.replace(/\/storage\/v1$/, "");
    this.#storage.baseUrl = `${this.#endpoint}/storage/v1`;
    this.#name = name;
    this.#prefix = prefix;
  }

  static async open(name: string, prefix: string): Promise<GsBucket> {
    const sdk = await installed("@google-cloud/storage", import("@google-cloud/storage"));
    return new GsBucket(sdk, name, prefix);
  }

  async *list(): AsyncGenerator<[name: string, object: BucketObject]> {
    const watch = new Watch();
    const bucket = this.#storage.bucket(this.#name);
    const files: Readable = bucket.getFilesStream({ prefix: this.#prefix });
    try {
      for await (const file of watch.all(addAbortSignal(watch.signal, files))) {
        const { name, metadata } = file as gcs.File;
        const etag = etagOf(metadata.md5Hash, metadata.generation);
        yield [name.slice(this.#prefix.length), { size: Number(metadata.size), etag }];
      }
    } catch (error) {
      throw listError(error, {
        address: this.#endpoint,
        endpoint: "STORAGE_EMULATOR_HOST if it is set",
        credentials:
          "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
        check: "its name, and the Application Default Credentials",
      });
    }
  }

  async read(name: string, etag: string, part?: Part): Promise<AsyncIterable<Uint8Array>> {
    const watch = new Watch();
    let answer: Response;
    try {
      answer = await watch.answer(this.#get(`${this.#prefix}${name}`, part, watch.signal));
    } catch (error) {
      throw readError(error, isStatusError(error) ? error.response.status : undefined);
    }
    const { headers, body } = answer;
    const md5 = /\bmd5=([^,\s]+)/.exec(headers.get("x-goog-hash") ?? "")?.[1];
    // No precondition of the store goes by the bytes, but its answer says whose they are.
    if (body === null || etagOf(md5, headers.get("x-goog-generation")) !== etag) {
      await body?.cancel();
      throw changedError();
    }
    return watch.all(body);
  }

  urlOf(name: string): string {
    return publicUrl(`${this.#endpoint}/${this.#name}`, `${this.#prefix}${name}`);
  }

  /** The stream of the SDK itself has Node.js warn of a leak at each object. */
  async #get(key: string, part: Part | undefined, signal: AbortSignal): Promise<Response> {
    const { default: ky } = await import("ky");
    const { authClient, baseUrl } = this.#storage;
    const isEmulated = process.env.STORAGE_EMULATOR_HOST !== undefined;
    const url = `${baseUrl}/b/${this.#name}/o/${encodeURIComponent(key)}?alt=media`;
    const headers = new Headers(isEmulated ? {} : await authClient.getRequestHeaders(url));
    if (part !== undefined) {
      headers.set("range", rangeOf(part));
    }
    return ky(url, { headers, signal, timeout: false, retry: { limit: 2, jitter: true } });
  }
}

/** An object that was composed of others has no MD5, but each writing has its generation. */
function etagOf(md5: string | undefined, generation: string | number | null | undefined): string {
  return md5 ?? String(generation);
}
