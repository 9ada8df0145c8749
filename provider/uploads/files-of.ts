import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import mime from "mime";
import { glob } from "tinyglobby";

/** Which files of a folder are meant. */
export interface Selection {
  folder: string;
  include?: string[] | undefined;
  exclude?: string[] | undefined;
  mediaTypes?: readonly string[] | undefined;
}

/** Why a selection cannot be read; nothing when it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ? undefined : `must be a folder, got ${folder}: there is none`;
}

/** Why a file that is there must not be sent, as it is not in the folder or a link out of it; nothing when it may. */
export async function outsideProblem(folder: string, name: string): Promise<string | undefined> {
  const path = relative(await realpath(folder), await realpath(join(folder, name)));
  const isOutside = path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
  return isOutside ? `must be in the folder ${folder}, and no link out of it` : undefined;
}

/**
 * The names of the files, from the folder, with `/` between folders, in order. Links are not followed,
 * so that nothing outside the folder is sent; hidden files are left out unless a pattern names them.
 */
export async function filesOf({
  folder,
  include = ["**/*"],
  exclude = [],
  mediaTypes,
}: Selection): Promise<string[]> {
  const names = await glob(include, {
    cwd: folder,
    ignore: exclude,
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  return names.filter((name) => isOf(mediaTypes, name)).sort();
}

/** Whether a name stands for one of the media types, such as `image/*`; every one does where there are none. */
export function isOf(mediaTypes: Selection["mediaTypes"], name: string): boolean {
  const type = mime.getType(name) ?? "";
  const range = type.replace(/\/.*/, "/*");
  return mediaTypes?.some((each) => [type, range, "*/*"].includes(each)) ?? true;
}
