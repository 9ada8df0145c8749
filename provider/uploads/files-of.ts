import { stat } from "node:fs/promises";
import { glob } from "tinyglobby";

/** Which files of a folder are meant. */
export interface Selection {
  folder: string;
  include?: string[] | undefined;
  exclude?: string[] | undefined;
}

/** Why a selection cannot be read; nothing when it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ? undefined : `must be a folder, got ${folder}: there is none`;
}

/**
 * The names of the files, from the folder, with `/` between folders, in order. Links are not followed,
 * so that nothing outside the folder is sent; hidden files are left out unless a pattern names them.
 */
export async function filesOf({
  folder,
  include = ["**/*"],
  exclude = [],
}: Selection): Promise<string[]> {
  const names = await glob(include, {
    cwd: folder,
    ignore: exclude,
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  return names.sort();
}
