import { dirname, join } from "node:path";
import pMap from "p-map";
import { fileProblem } from "../disk/local-file.ts";
import { FilesError, Problems } from "../disk/problems.ts";
import { outsideProblem, type Selection, selectFiles } from "../disk/select-files.ts";
import type { FormatName } from "../manifests/formats.ts";
import { readManifest } from "../manifests/manifest.ts";
import { toJsonText } from "../text/json.ts";
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

/** What is known about each file, as text. */
export async function knownFiles(
  folder: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const cache = await HashCache.open(folder);
  const found = await pMap(
    names,
    async (name): Promise<{ text?: string; problem?: string }> => {
      try {
        return { text: toJsonText(await cache.get(join(folder, name))) };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (error instanceof FilesError) {
          return { problem: `file "${name}" ${message}` };
        }
        return { problem: `file "${name}" cannot be read (${code ?? message})` };
      }
    },
    { concurrency: filesAtOnce },
  );
  await cache.save();
  refuse(found.map(({ problem }) => problem));
  return Object.fromEntries(names.map((name, index) => [name, found[index]?.text ?? ""]));
}

/** The files that the items of a manifest name. */
export async function filesOfManifest(
  manifest: string,
  selection: Selection,
  format: FormatName | undefined,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const [, { file }] of readManifest(manifest, { format })) {
    if (file !== undefined) {
      names.add(file);
    }
  }
  const found = await pMap(
    names,
    async (name) => {
      const problem =
        (await fileProblem(join(selection.folder, name))) ??
        (await outsideProblem(selection, name));
      return problem && `file "${name}" ${problem}`;
    },
    { concurrency: filesAtOnce },
  );
  refuse(found);
  return [...names].sort();
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
