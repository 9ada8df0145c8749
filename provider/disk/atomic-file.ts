import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { readPieces } from "./pieces.ts";

const flushAt = 256 * 1024;

/**
 * A file that is either complete or as it was before: it is written beside its place, and moved there at the end.
 * Errors of the disk name the path.
 */
export class AtomicFile {
  readonly path: string;
  readonly #part: string;
  readonly #handle: FileHandle;
  #buffered: string[] = [];
  #length = 0;

  private constructor(path: string, part: string, handle: FileHandle) {
    this.path = path;
    this.#part = part;
    this.#handle = handle;
  }

  /** Makes the folder if there is none. */
  static async open(path: string): Promise<AtomicFile> {
    const name = `.${basename(path)}.${process.pid}-${randomUUID()}.part`;
    const part = join(dirname(path), name);
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new AtomicFile(path, part, await open(part, "wx"));
    });
  }

  /** Gathers text before it writes it. */
  async write(text: string): Promise<void> {
    this.#buffered.push(text);
    this.#length += text.length;
    if (this.#length >= flushAt) {
      await this.#flush();
    }
  }

  /** Writes bytes at once, since they may be in a buffer that is used again. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.#flush();
    await onDisk(this.path, () => this.#handle.writeFile(bytes));
  }

  /** What was written, in pieces. Each piece is valid only until the caller asks for the next one. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    await this.#flush();
    yield* readPieces(this.#part);
  }

  /**
   * Makes the file appear under its name, with all that was written. `lasting` puts it on the disk first, without which
   * a power failure could leave it empty; that takes a long time for many files.
   */
  async end(lasting: boolean): Promise<void> {
    await this.#flush();
    await onDisk(this.path, async () => {
      if (lasting) {
        await this.#handle.sync();
      }
      await this.#handle.close();
      await rename(this.#part, this.path);
    });
  }

  /** Throws away what was written. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#part, { force: true });
  }

  async #flush(): Promise<void> {
    const text = this.#buffered.join("");
    this.#buffered = [];
    this.#length = 0;
    if (text !== "") {
      await onDisk(this.path, () => this.#handle.writeFile(text));
    }
  }
}

/** Writes a file as a whole, by means of `write`. If that fails, nothing is left. */
export async function writeAtomically<T>(
  path: string,
  write: (file: AtomicFile) => Promise<T>,
  { lasting = true } = {},
): Promise<T> {
  const file = await AtomicFile.open(path);
  try {
    const result = await write(file);
    await file.end(lasting);
    return result;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Removes from a folder what processes left there that were killed while writing. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, pid] = /^\..+\.(\d+)-[0-9a-f-]{36}\.part$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(folder, name), { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Work on the disk whose errors name the path that the user knows. */
async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      const why = /^\w+: [^,]*/.exec(error.message)?.[0] ?? error.message;
      throw new Refusal(`${path} cannot be written (${why}): make room or choose another path`);
    }
    throw error;
  }
}
