import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type Identified,
  identifyFile,
  type KnownFile,
  sizeProblem,
  toVersion,
} from "../disk/local-file.ts";
import type { Decode, Decoded } from "../disk/picture-decode.ts";
import { FilesError } from "../disk/problems.ts";
import { LookCache, type Remembered } from "./look-cache.ts";

/** What is known about a file, and what decoding it tells if it was decoded. */
interface Known extends Identified, Remembered {
  decoded?: Decoded;
}

/** What is known about the files of a folder as long as size, times and inode say that they did not change. */
export class HashCache {
  readonly #cache: LookCache<Known>;

  private constructor(cache: LookCache<Known>) {
    this.#cache = cache;
  }

  static async open(folder: string): Promise<HashCache> {
    return new HashCache(await LookCache.open(resolve(folder)));
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
    const known = await this.#cache.get(source, version, async () => ({
      version,
      ...(await identifyFile(source, stats.size)),
    }));
    // Damage may have been a lack of memory, or of a newer sharp.
    const isDecoded = known.decoded !== undefined && known.decoded.isDamaged !== true;
    if (decode !== undefined && !isDecoded) {
      known.decoded = await decode(source, known.file.contentType);
    }
    return known;
  }

  async save(): Promise<void> {
    await this.#cache.save();
  }
}
