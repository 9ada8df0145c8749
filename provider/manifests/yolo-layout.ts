import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { nearMiss } from "../disk/local-file.ts";
import { FilesError } from "../disk/problems.ts";
import { ofMediaTypes, selectWithLinks } from "../disk/select-files.ts";
import { linesOfFile, textOfFile } from "../disk/utf8.ts";
import { isObject } from "../lifecycle/plain.ts";
import { withEnding } from "./annotations.ts";
import type { Split } from "./yolo-splits.ts";

// The folders of YOLO data sets: of Ultralytics, of darknet, and of tools that write a list of classes.

/** A data set in YOLO's lay-out. */
export interface Layout {
  /** The folder that the names of the pictures start from. */
  root: string;
  /** The names of the classes, by number. */
  classes: Map<number, string>;
  /** The pictures, from the root. */
  pictures: string[];
  /** What it says the pictures are for; none if it does not say. */
  splits: Split[];
  /** How many keypoints an object has, and how many numbers each has. */
  keypoints: readonly [number, number] | undefined;
}

/** What only a YOLO data set has in it, and then what other data sets may have, too. */
const ownMarks = ["data.yaml", "data.yml", "dataset.yaml", "obj.data"];
const marks = [...ownMarks, "classes.txt", "obj.names"];

/** Whether a folder is a YOLO data set. One with XML files is not, if all that speaks for it is a list of classes. */
export async function isYoloFolder(path: string): Promise<boolean> {
  const names = await readdir(path);
  return (
    ownMarks.some((mark) => names.includes(mark)) ||
    (marks.some((mark) => names.includes(mark)) && !names.some((name) => /\.xml$/i.test(name)))
  );
}

/** The data set that a file or a folder is. */
export async function layoutOf(path: string): Promise<Layout> {
  if ((await stat(path)).isDirectory()) {
    for (const name of marks) {
      if (await exists(join(path, name))) {
        return layoutOf(join(path, name));
      }
    }
    throw new FilesError("it is not a YOLO data set: it has no data.yaml, obj.data or classes.txt");
  }
  const layout = await layoutOfFile(path);
  const numbers = [...layout.classes.keys()].sort((left, right) => left - right);
  if (numbers.some((number, index) => number !== index)) {
    // Results are written with a list of classes, which has no gaps, so they would number the classes anew.
    throw new FilesError(
      `its classes must be numbered from 0 without a gap, got ${numbers.join(", ")}`,
    );
  }
  return layout;
}

async function layoutOfFile(path: string): Promise<Layout> {
  switch (extname(path).toLowerCase()) {
    case ".yaml":
    case ".yml":
      return ofYaml(path);
    case ".data":
      return ofDarknet(path);
    case ".names":
    case ".txt":
      return ofClasses(path);
    default:
      throw new FilesError(
        "it is not a YOLO data set: name its data.yaml, obj.data or classes.txt",
      );
  }
}

/** Ultralytics: the splits are folders of pictures, lists of folders, or text files that list pictures. */
async function ofYaml(path: string): Promise<Layout> {
  const { parse } = await import("yaml");
  let data: unknown;
  try {
    data = parse((await Array.fromAsync(textOfFile(path))).join(""));
  } catch (error) {
    throw error instanceof FilesError
      ? error
      : new FilesError(`it is not YAML (${String((error as Error).message).split("\n")[0]})`);
  }
  if (!isObject(data) || !(isObject(data.names) || Array.isArray(data.names))) {
    throw new FilesError("it is not a YOLO data set: it has no names of classes");
  }
  const classCount = Object.keys(data.names).length;
  if (typeof data.nc === "number" && data.nc !== classCount) {
    throw new FilesError(
      `nc is ${data.nc}, and names has ${classCount} classes: correct the one or the other`,
    );
  }
  const root = typeof data.path === "string" ? await rootOf(path, data.path) : dirname(path);
  const paths = (of: unknown) =>
    [of].flat().filter((each) => typeof each === "string" && each !== "") as string[];
  const given = { train: paths(data.train), val: paths(data.val), test: paths(data.test) };
  const { test, ...needed } = given;
  if (Object.values(given).flat().length === 0) {
    throw new FilesError("it names no pictures: give it train, val or test");
  }
  const splits = await splitsIn(root, needed);
  try {
    splits.push(...(await splitsIn(root, { test })));
  } catch (error) {
    // A template names test pictures that nobody has.
    if (splits.length === 0 || !(error instanceof FilesError)) {
      throw error;
    }
  }
  const { kpt_shape: shape } = data;
  return {
    root,
    classes: new Map(Object.entries(data.names).map(([id, name]) => [Number(id), String(name)])),
    ...picturesOf(splits),
    keypoints: Array.isArray(shape) ? [Number(shape[0]), Number(shape[1] ?? 3)] : undefined,
  };
}

/** `path` is relative to the file itself, or to the folder of another program's settings: the first that is there. */
async function rootOf(file: string, path: string): Promise<string> {
  const beside = resolve(dirname(file), path);
  return (await exists(beside)) ? beside : dirname(file);
}

/** Darknet: a file of settings that names the list of pictures and the list of classes. */
async function ofDarknet(path: string): Promise<Layout> {
  const root = dirname(path);
  const settings = new Map<string, string>();
  for await (const line of linesOfFile(path)) {
    const [name = "", value = ""] = line.split("=").map((each) => each.trim());
    settings.set(name, value);
  }
  const given = (name: string) => [settings.get(name) ?? []].flat();
  const splits = await splitsIn(root, { train: given("train"), val: given("valid") });
  const names = settings.get("names");
  if (names === undefined || splits.length === 0) {
    throw new FilesError("it is not darknet's: it has no names, or neither train nor valid");
  }
  return {
    root,
    classes: await classesIn(join(root, without(await startsOf(root), names))),
    ...picturesOf(splits),
    keypoints: undefined,
  };
}

/** A list of classes, beside pictures with their text files. */
async function ofClasses(path: string): Promise<Layout> {
  const root = dirname(path);
  return {
    root,
    classes: await classesIn(path),
    pictures: await pictures(root),
    splits: [],
    keypoints: undefined,
  };
}

/**
 * What paths begin with that are not written from the root. Darknet writes them from where it is started: `data/obj.names`
 * lies beside `data/obj.data`. CVAT begins them with `data/`, whatever the folder is called.
 */
async function startsOf(root: string): Promise<string[]> {
  const own = `${basename(resolve(root))}/`;
  return (await exists(join(root, "data"))) ? [own] : [own, "data/"];
}

function without(starts: readonly string[], path: string): string {
  const start = starts.find((each) => path.startsWith(each)) ?? "";
  return path.slice(start.length);
}

async function classesIn(path: string): Promise<Map<number, string>> {
  if (!(await exists(path))) {
    throw new FilesError(`its list of classes is not there: ${path}`);
  }
  const names = (await linesIn(path, basename(path))).map((line) => line.trim());
  return new Map([...names.entries()].filter(([, name]) => name !== ""));
}

/** The lines of a file beside the manifest. A problem begins with its name. */
export async function linesIn(path: string, name: string): Promise<string[]> {
  try {
    return await Array.fromAsync(linesOfFile(path));
  } catch (error) {
    throw error instanceof FilesError ? new FilesError(`${name}: ${error.message}`) : error;
  }
}

/** The splits that have a path at least. */
async function splitsIn(
  root: string,
  given: Readonly<Partial<Record<Split["name"], readonly string[]>>>,
): Promise<Split[]> {
  const starts = await startsOf(root);
  const named = Object.entries(given).filter(([, paths]) => paths.length > 0);
  return Promise.all(
    named.map(async ([name, paths]): Promise<Split> => {
      const parts = await Promise.all(paths.map((path) => partOf(root, path, starts)));
      const folders = parts.flatMap(({ folder }) => folder ?? []);
      return {
        name: name as Split["name"],
        folders: folders.length === parts.length ? folders : undefined,
        pictures: parts.flatMap((part) => part.pictures),
      };
    }),
  );
}

function picturesOf(splits: Split[]): Pick<Layout, "pictures" | "splits"> {
  return { pictures: [...new Set(splits.flatMap((split) => split.pictures))], splits };
}

/** The pictures of a folder or of a list, from the root. */
async function partOf(
  root: string,
  part: string,
  starts: readonly string[],
): Promise<{ folder?: string; pictures: string[] }> {
  // Some tools write the splits from a folder beside them.
  const others = [part.replace(/^(\.\.\/)+/, ""), without(starts, part)];
  const tries = [part, ...others].map((each) => resolve(root, each));
  for (const path of tries) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) {
      const names = await pictures(path);
      return {
        folder: fromRoot(root, path),
        pictures: names.map((name) => fromRoot(root, join(path, name))),
      };
    }
    if (found?.isFile()) {
      const lines = (await linesIn(path, part)).map((line) => line.trim());
      const names = lines.filter((line) => line !== "");
      return {
        pictures: names.map((line) => fromRoot(root, resolve(root, without(starts, line)))),
      };
    }
  }
  throw new FilesError(
    `its pictures are not there: ${part}, from the folder ${root}${await nearMiss(join(root, part))}`,
  );
}

/** Linked ones as well: the upload set decides whether they may be sent. */
async function pictures(folder: string): Promise<string[]> {
  return ofMediaTypes(["image/*"], await selectWithLinks(folder));
}

function fromRoot(root: string, path: string): string {
  const name = relative(root, path).split(sep).join("/");
  if (name.startsWith("../")) {
    throw new FilesError(`the picture ${name} lies outside of the folder ${root}`);
  }
  return name;
}

/** Where the text of a picture belongs: the last folder `images` of its path is `labels` there. */
export function labelFile(picture: string): string {
  const parts = withEnding(picture, ".txt").split("/");
  const at = parts.lastIndexOf("images");
  return (at === -1 ? parts : parts.with(at, "labels")).join("/");
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
