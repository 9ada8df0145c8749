import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../disk/atomic-file.ts";
import { cacheFolder } from "../disk/cache-folder.ts";
import type { PictureLook } from "../disk/picture-look.ts";

/** What is known about a file. */
export interface Remembered {
  /** Changes with the file. */
  version: string;
  look: PictureLook;
}

/**
 * What is known about the files of a folder or a bucket, remembered between runs. It is a file in the user's cache folder,
 * and may be deleted at any time.
 */
export class LookCache<Entry extends Remembered> {
  readonly #path: string;
  readonly #known: Record<string, Entry>;
  readonly #seen: Record<string, Entry> = {};

  private constructor(path: string, known: Record<string, Entry>) {
    this.#path = path;
    this.#known = known;
  }

  /** `place` is the folder, or the URL of the bucket. */
  static async open<Entry extends Remembered>(place: string): Promise<LookCache<Entry>> {
    const name = createHash("sha256").update(place).digest("hex").slice(0, 32);
    const path = join(cacheFolder(), `${name}.json`);
    return new LookCache<Entry>(path, await readEntries(path));
  }

  /** What is known about this version of the file; if nothing is, what `look` finds. */
  async get(name: string, version: string, look: () => Promise<Entry>): Promise<Entry> {
    const known = this.#seen[name] ?? this.#known[name];
    // The cache of an earlier release has no look.
    const isKnown = known?.version === version && known.look !== undefined;
    const entry = isKnown ? known : await look();
    this.#seen[name] = entry;
    return entry;
  }

  /**
   * Keeps what was seen, together with what another set saw in the same place. A cache that cannot be written only costs
   * time, so that is not an error.
   */
  async save(): Promise<void> {
    const text = JSON.stringify({ ...this.#known, ...this.#seen });
    try {
      await writeAtomically(this.#path, (file) => file.write(text), { lasting: false });
    } catch {}
  }
}

async function readEntries<Entry>(path: string): Promise<Record<string, Entry>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, Entry>;
  } catch {
    return {};
  }
}
