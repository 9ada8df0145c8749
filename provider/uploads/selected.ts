import { dirname, join } from "node:path";
import pMap from "p-map";
import { textOf } from "../lifecycle/text.ts";
import { readManifest } from "../sets/manifest.ts";
import { Problems } from "../sets/problems.ts";
import { filesOf, outsideProblem, type Selection } from "./files-of.ts";
import { HashCache } from "./hash-cache.ts";
import { fileProblem } from "./local-file.ts";

/** How many files are read at once. */
const filesAtOnce = 16;

/** The files that are selected. A pattern that names a link, or leads upwards, could lead out of the folder. */
export async function filesInside(selection: Selection): Promise<string[]> {
  const names = await filesOf(selection);
  const problems = new Problems();
  await pMap(
    new Set(names.map((name) => dirname(name))),
    async (folder) => {
      const problem = await outsideProblem(selection, folder);
      if (problem !== undefined) {
        problems.add(`the files of "${folder}" ${problem}`);
      }
    },
    { concurrency: filesAtOnce },
  );
  problems.end();
  return names;
}

/** What each file is, as text. */
export async function knownFiles(
  folder: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const cache = await HashCache.open(folder);
  const problems = new Problems();
  const known = await pMap(
    names,
    async (name): Promise<[string, string][]> => {
      try {
        return [[name, textOf(await cache.get(join(folder, name)))]];
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        problems.add(`file "${name}" cannot be read (${code ?? message})`);
        return [];
      }
    },
    { concurrency: filesAtOnce },
  );
  await cache.save();
  problems.end();
  return Object.fromEntries(known.flat());
}

/** The files that the items of a manifest name. */
export async function filesOfManifest(manifest: string, selection: Selection): Promise<string[]> {
  const items = await readManifest(manifest);
  const names = new Set([...items.values()].flatMap(({ file }) => file ?? []));
  const problems = new Problems();
  await pMap(
    names,
    async (name) => {
      const problem =
        (await fileProblem(join(selection.folder, name))) ??
        (await outsideProblem(selection, name));
      if (problem !== undefined) {
        problems.add(`file "${name}" ${problem}`);
      }
    },
    { concurrency: filesAtOnce },
  );
  problems.end();
  return [...names].sort();
}
