import { lstat, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import pMap from "p-map";
import type { FileContent } from "../api/files.ts";
import { fileProblem, nearMiss } from "../disk/local-file.ts";
import { openContent } from "../disk/pieces.ts";
import { FilesError, refuseAny } from "../disk/problems.ts";
import { outsideProblem, type Selection, selectFiles } from "../disk/select-files.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { toJsonText } from "../text/json.ts";
import { HashCache } from "./hash-cache.ts";
import { type Asked, noneThere, type Seen, type Source } from "./source.ts";

/** How many files are read at once. */
const filesAtOnce = 16;

/** The files of a local folder. */
export class FolderSource implements Source {
  readonly #folder: string;
  #opened: Promise<HashCache> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whoever only selects files does without it. */
  #cache(): Promise<HashCache> {
    this.#opened ??= HashCache.open(this.#folder);
    return this.#opened;
  }

  /** A pattern that names a link, or leads upwards, could lead out of the folder. */
  async select(selection: Selection): Promise<string[]> {
    const names = await selectFiles(selection);
    const found = await pMap(
      new Set(names.map((name) => dirname(name))),
      async (folder) => {
        const problem = await outsideProblem(selection, folder);
        return problem && `the files of "${folder}" ${problem}`;
      },
      { concurrency: filesAtOnce },
    );
    refuseAny(found);
    return names;
  }

  async confirm(
    selection: Selection,
    names: readonly string[],
    show: (name: string) => string,
  ): Promise<void> {
    if (names.length > 1 && !(await hasAny(this.#folder, names))) {
      const place = `${this.#folder} (${resolve(this.#folder)})`;
      const hint = await nearMiss(join(this.#folder, names[0] ?? ""));
      throw noneThere(names, place, await folderWith(names, this.#folder), hint);
    }
    const found = await pMap(
      names,
      async (name) => {
        const problem =
          (await fileProblem(join(this.#folder, name))) ?? (await outsideProblem(selection, name));
        return problem && `${show(name)} ${problem}`;
      },
      { concurrency: filesAtOnce },
    );
    refuseAny(found);
  }

  async identify(names: readonly string[], { decode }: Asked): Promise<Map<string, Seen>> {
    const cache = await this.#cache();
    const found = await pMap(
      names,
      async (name): Promise<Seen | string> => {
        try {
          const { file, look, decoded } = await cache.identify(join(this.#folder, name), decode);
          return { text: toJsonText(file), digest: file.sha256, look, decoded };
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          return error instanceof FilesError
            ? `file "${name}" ${message}`
            : `file "${name}" cannot be read (${code ?? message})`;
        }
      },
      { concurrency: filesAtOnce },
    );
    await cache.save();
    refuseAny(found.map((each) => (typeof each === "string" ? each : undefined)));
    return new Map(
      names.flatMap((name, index) => {
        const each = found[index];
        return typeof each === "object" ? [[name, each]] : [];
      }),
    );
  }

  async open(name: string, text: string): Promise<FileContent> {
    const path = join(this.#folder, name);
    const file = await (await this.#cache()).get(path);
    if (toJsonText(file) !== text) {
      throw new Refusal("the file changed since the preview: run the update again");
    }
    return openContent(path, file.contentType);
  }

  async finish(name: string, text: string): Promise<void> {
    if (toJsonText(await (await this.#cache()).get(join(this.#folder, name))) !== text) {
      throw new Refusal("the file changed while it was uploaded: run the update again");
    }
  }
}

async function hasAny(folder: string, names: readonly string[]): Promise<boolean> {
  // A link that leads nowhere is there, too, and has a problem of its own.
  const isThere = (name: string) =>
    lstat(join(folder, name)).then(
      () => true,
      () => false,
    );
  for (let at = 0; at < names.length; at += filesAtOnce) {
    const found = await Promise.all(names.slice(at, at + filesAtOnce).map(isThere));
    if (found.includes(true)) {
      return true;
    }
  }
  return false;
}

/** How many folders upwards somebody may have gone too far. */
const levels = 3;

/** A folder near this one that has the first of the files; undefined if none has. */
async function folderWith(
  [first = ""]: readonly string[],
  folder: string,
): Promise<string | undefined> {
  const above = Array.from({ length: levels }, (_, index) =>
    join(folder, ...Array(index + 1).fill("..")),
  );
  for (const near of [folder, ...above.slice(0, 1)]) {
    const entries = await readdir(near, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory());
    above.push(...folders.map(({ name }) => join(near, name)));
  }
  for (const candidate of above) {
    if (await hasAny(candidate, [first])) {
      return candidate;
    }
  }
  return undefined;
}
