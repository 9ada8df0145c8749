import { dirname, join } from "node:path";
import pMap from "p-map";
import { fileProblem, type Identified } from "../disk/local-file.ts";
import { FilesError, Problems } from "../disk/problems.ts";
import { outsideProblem, type Selection, selectFiles } from "../disk/select-files.ts";
import type { Picture } from "../manifests/annotated.ts";
import type { FormatName } from "../manifests/formats.ts";
import { readManifest, readPictures } from "../manifests/manifest.ts";
import { HashCache } from "./hash-cache.ts";

/** How many files are read at once. */
const filesAtOnce = 16;

/** The selected files. A pattern that names a link, or leads upwards, could lead out of the folder. */
export async function filesInside(selection: Selection): Promise<string[]> {
  const names = await selectFiles(selection);
  const found = await pMap(
    new Set(names.map((name) => dirname(name))),
    async (folder) => {
      const problem = await outsideProblem(selection, folder);
      return problem && `the files of "${folder}" ${problem}`;
    },
    { concurrency: filesAtOnce },
  );
  refuse(found);
  return names;
}

/** What is known about each file. */
export async function identifyFiles(
  folder: string,
  names: readonly string[],
): Promise<Map<string, Identified>> {
  const cache = await HashCache.open(folder);
  const found = await pMap(
    names,
    async (name): Promise<Identified | string> => {
      try {
        return await cache.identify(join(folder, name));
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
  refuse(found.map((each) => (typeof each === "string" ? each : undefined)));
  return new Map(
    names.flatMap((name, index) => {
      const each = found[index];
      return typeof each === "object" ? [[name, each]] : [];
    }),
  );
}

/** What a manifest says about a file: nothing if it is a table. */
export type Declared = Pick<Picture, "size" | "boxes"> | undefined;

/** The files that the items of a manifest name, in order. */
export async function filesOfManifest(
  manifest: string,
  selection: Selection,
  format: FormatName | undefined,
): Promise<Map<string, Declared>> {
  const files = new Map<string, Declared>();
  for await (const [name, declared] of filesIn(manifest, format)) {
    files.set(name, declared);
  }
  const found = await pMap(
    files.keys(),
    async (name) => {
      const problem =
        (await fileProblem(join(selection.folder, name))) ??
        (await outsideProblem(selection, name));
      return problem && `file "${name}" ${problem}`;
    },
    { concurrency: filesAtOnce },
  );
  refuse(found);
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function* filesIn(
  manifest: string,
  format: FormatName | undefined,
): AsyncGenerator<[name: string, declared: Declared]> {
  const pictures = await readPictures(manifest, { format });
  if (pictures !== undefined) {
    for (const picture of pictures) {
      if (picture.assetUrl === undefined) {
        yield [picture.name, picture];
      }
    }
    return;
  }
  for await (const [, { file }] of readManifest(manifest, { format })) {
    if (file !== undefined) {
      yield [file, undefined];
    }
  }
}

/** Throws if something is wrong, with the problems in the order of the files: which file is read first is chance. */
function refuse(found: readonly (string | undefined)[]): void {
  const problems = new Problems();
  for (const line of found) {
    if (line !== undefined) {
      problems.add(line);
    }
  }
  problems.end();
}
