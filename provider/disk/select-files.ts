import * as fs from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { shortList } from "../text/lines.ts";
import { didYouMean } from "../text/unknown-names.ts";
import { FilesError } from "./problems.ts";

/** Which name beside a path that is not there may be meant, as the end of a sentence. */
export async function nearName(
  path: string,
  isMeant: (entry: fs.Dirent) => boolean = () => true,
): Promise<string> {
  const whole = resolve(path);
  const entries = await readdir(dirname(whole), { withFileTypes: true }).catch(() => []);
  const names = entries.filter(isMeant).map(({ name }) => name);
  return didYouMean(basename(whole), names);
}

/** Which files of a folder the user means. */
export interface Selection {
  folder: string;
  include?: string[] | undefined;
  exclude?: string[] | undefined;
  mediaTypes?: readonly string[] | undefined;
  followLinks?: boolean | undefined;
}

/** Why a folder cannot be read; undefined if it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) {
    return undefined;
  }
  const [, scheme, place] = /^(\w{2,}):\/?([^/].*)$/.exec(folder) ?? [];
  if (scheme !== undefined) {
    return `must be a folder, got ${folder}: there is none; a bucket is written ${scheme}://${place}`;
  }
  const where = `must be a folder, got ${folder} (${resolve(folder)})`;
  return found === undefined
    ? `${where}: there is none${await nearName(folder, (entry) => entry.isDirectory())}`
    : `${where}: it is a file`;
}

/** Why an existing file must not be sent: it is outside the folder, or a link out of it. Undefined if it may be. */
export async function outsideProblem(
  { folder, followLinks = false }: Selection,
  name: string,
): Promise<string | undefined> {
  if (isOutside(resolve(folder), resolve(folder, name))) {
    return `must be in the folder ${folder}`;
  }
  return !followLinks && isOutside(await realpath(folder), await realpath(join(folder, name)))
    ? `must be in the folder ${folder}, and no link out of it, unless followLinks is true`
    : undefined;
}

function isOutside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}

type Done<T> = (error: NodeJS.ErrnoException | null, answer: T) => void;

/** The errors for a pattern that leads to something other than a folder. */
const noFolder = ["ENOENT", "ENOTDIR"];

/**
 * The names of the files, relative to the folder, with `/` between folders, in order. Links are followed only if
 * `followLinks` says so, so that nothing outside the folder is sent; hidden files are left out unless a pattern names
 * them. A folder that cannot be read is an error: if it were left out, its files would count as removed.
 */
export async function selectFiles({
  folder,
  include = ["**/*"],
  exclude = [],
  mediaTypes,
  followLinks = false,
}: Selection): Promise<string[]> {
  const unreadable: string[] = [];
  const readdir = (path: string, options: { withFileTypes: true }, done: Done<fs.Dirent[]>) =>
    fs.readdir(path, options, (error, entries) => {
      if (error !== null && !noFolder.includes(error.code ?? "")) {
        unreadable.push(`${relative(folder, path)} cannot be read (${error.code})`);
      }
      done(error, entries);
    });
  // A link that leads nowhere counts as a file, so that it is refused if the user means it.
  const realpath = (path: string, done: Done<string>) =>
    fs.realpath(path, (error, target) => done(null, error === null ? target : process.execPath));
  const { glob } = await import("tinyglobby");
  const names = await glob(include, {
    cwd: folder,
    ignore: exclude,
    onlyFiles: true,
    followSymbolicLinks: followLinks,
    expandDirectories: false,
    fs: { readdir: readdir as typeof fs.readdir, realpath: realpath as typeof fs.realpath },
  });
  if (unreadable.length > 0) {
    throw new FilesError(shortList(unreadable, 3, String));
  }
  return (await ofMediaTypes(mediaTypes, names)).sort();
}

/**
 * The names of the files of a folder, in order, with those that links lead to. A folder that is reached in several ways
 * counts once, because otherwise its files would be there twice.
 */
export async function selectWithLinks(folder: string, include?: string[]): Promise<string[]> {
  const names = await selectFiles({ folder, ...(include && { include }), followLinks: true });
  const folders = [...new Set(names.map((name) => dirname(name)))];
  const own = new Map<string, string>();
  for (const name of folders.sort((left, right) => left.length - right.length)) {
    const real = await realpath(join(folder, name));
    own.set(real, own.get(real) ?? name);
  }
  const kept = new Set(own.values());
  return names.filter((name) => kept.has(dirname(name)));
}

/** The names that stand for one of the media types, such as `image/*`. If none are given, every name does. */
export async function ofMediaTypes(
  mediaTypes: Selection["mediaTypes"],
  names: readonly string[],
): Promise<string[]> {
  // Loaded late: its table of media types takes long to build.
  const { default: mime } = await import("mime");
  return names.filter((name) => {
    const type = mime.getType(name) ?? "";
    const range = type.replace(/\/.*/, "/*");
    return mediaTypes?.some((each) => [type, range, "*/*"].includes(each)) ?? true;
  });
}
