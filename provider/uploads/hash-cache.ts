import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeAtomically } from "../disk/atomic-file.ts";
import { cacheFolder } from "../disk/cache-folder.ts";
import {
  type Identified,
  identifyFile,
  type KnownFile,
  sizeProblem,
  toVersion,
} from "../disk/local-file.ts";
import type { Decode, Decoded } from "../disk/picture-decode.ts";
import { FilesError } from "../disk/problems.ts";

/** What is known about a file, and what decoding it tells if it was decoded. */
interface Known extends Identified {
  decoded?: Decoded;
}

interface Entry extends Known {
  version: string;
}

type Entries = Record<string, Entry>;

/**
 * What is known about the files of a folder, remembered between runs as long as size, times and inode say that they did
 * not change. The cache is a file in the user's cache folder, and may be deleted at any time.
 */
export class HashCache {
  readonly #path: string;
  readonly #known: Entries;
  readonly #seen: Entries = {};

  private constructor(path: string, known: Entries) {
    this.#path = path;
    this.#known = known;
  }

  static async open(folder: string): Promise<HashCache> {
    const name = createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 32);
    const path = join(cacheFolder(), `${name}.json`);
    return new HashCache(path, await readEntries(path));
  }

  /** What is known about the file, which is read only if it has changed. */
  async get(source: string): Promise<KnownFile> {
    return (await this.identify(source)).file;
  }

  /** The same, with what its bytes show, and what decoding it tells. */
  async identify(source: string, decode?: Decode): Promise<Known> {
    const stats = await stat(source);
    const problem = sizeProblem(stats.size);
    if (problem !== undefined) {
      throw new FilesError(problem);
    }
    const version = toVersion(stats);
    const known = this.#seen[source] ?? this.#known[source];
    // The cache of an earlier release has no look.
    const isKnown = known?.version === version && known.look !== undefined;
    const entry: Entry = isKnown ? known : { version, ...(await identifyFile(source, stats.size)) };
    this.#seen[source] = entry;
    // Damage may have been a lack of memory, or of a newer sharp.
    const isDecoded = entry.decoded !== undefined && entry.decoded.isDamaged !== true;
    if (decode !== undefined && !isDecoded) {
      entry.decoded = await decode(source, entry.file.contentType);
    }
    return entry;
  }

  /**
   * Keeps what was seen, together with what another set saw in the folder. A cache that cannot be written only costs
   * time, so that is not an error.
   */
  async save(): Promise<void> {
    const text = JSON.stringify({ ...this.#known, ...this.#seen });
    try {
      await writeAtomically(this.#path, (file) => file.write(text), { lasting: false });
    } catch {}
  }
}

async function readEntries(path: string): Promise<Entries> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Entries;
  } catch {
    return {};
  }
}
