import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ApiError } from "../http/api-error.ts";
import type { StoredFile } from "../model.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";

/** The most that an object store accepts in one request. */
const maxBytes = 5 * 1024 ** 3;

/** The files of the spaces. Their bytes are in the data folder, everything else is in the store. */
export class Files {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #blobs: string;
  readonly #uploads: string;

  constructor(dataDir: string, store: Store, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
    this.#blobs = join(dataDir, "blobs");
    this.#uploads = join(dataDir, "uploads");
    // Removes uploads that a crash left behind. It retries because an emulator that is about to end may still be
    // writing one.
    rmSync(this.#uploads, { recursive: true, force: true, maxRetries: 10 });
    mkdirSync(this.#uploads, { recursive: true });
    mkdirSync(this.#blobs, { recursive: true });
  }

  /** Streams an upload to disk. An upload that breaks off leaves any earlier file unchanged. */
  async receive(
    spaceId: string,
    path: string,
    contentType: string,
    bytes: Readable,
    expectedBytes: number,
  ): Promise<StoredFile> {
    refuseLarger(expectedBytes);
    const blob = randomUUID();
    const upload = join(this.#uploads, blob);
    const hash = createHash("sha256");
    let size = 0;
    try {
      await pipeline(
        bytes,
        async function* measure(chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            refuseLarger(size);
            yield chunk;
          }
        },
        createWriteStream(upload),
      );
      await rename(upload, this.blobFile(blob));
    } catch (error) {
      await rm(upload, { force: true });
      throw error;
    }
    const file = { spaceId, path, blob, contentType, size, sha256: hash.digest("hex") };
    return this.#record({ ...file, createdAt: Date.now() });
  }

  /** Stores a small file that the platform itself makes. */
  write(spaceId: string, path: string, contentType: string, content: string | Buffer): StoredFile {
    const blob = randomUUID();
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    writeFileSync(this.blobFile(blob), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = { spaceId, path, blob, contentType, size: bytes.length, sha256 };
    return this.#record({ ...file, createdAt: Date.now() });
  }

  /** The text of a small file that the platform itself made. */
  readText(spaceId: string, path: string): string | undefined {
    const file = this.#store.files.get(spaceId, path);
    return file && readFileSync(this.blobFile(file.blob), "utf8");
  }

  remove(spaceId: string, path: string): void {
    const file = this.#store.files.get(spaceId, path);
    if (file !== undefined) {
      this.#store.files.delete(spaceId, path);
      rmSync(this.blobFile(file.blob), { force: true });
    }
  }

  find(spaceId: string, path: string): StoredFile | undefined {
    const file = this.#store.files.get(spaceId, path);
    const readableFrom = Date.now() - this.#settings.consistencyDelayMs;
    return file !== undefined && file.createdAt <= readableFrom ? file : undefined;
  }

  blobFile(blob: string): string {
    return join(this.#blobs, blob);
  }

  #record(file: StoredFile): StoredFile {
    const replaced = this.#store.files.get(file.spaceId, file.path);
    this.#store.files.put(file);
    if (replaced !== undefined) {
      rmSync(this.blobFile(replaced.blob), { force: true });
    }
    return file;
  }
}

function refuseLarger(size: number): void {
  if (size > maxBytes) {
    throw new ApiError(413, "FILE_TOO_LARGE", `The file is larger than ${maxBytes} bytes`);
  }
}
