import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import pMap from "p-map";
import { sizeOfPicture } from "../disk/picture-size.ts";
import { FilesError } from "../disk/problems.ts";
import { ofMediaTypes, selectFiles } from "../disk/select-files.ts";
import { linesOfFile } from "../disk/utf8.ts";
import type { PictureSize } from "../items/box.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";
import { type Box, boxOf, type Picture, Pictures, type Reading } from "./annotated.ts";
import {
  type Annotations,
  type WritablePicture,
  type WrittenFile,
  writable,
} from "./annotations.ts";
import type { Category } from "./categories.ts";

// YOLO keeps a text file for each picture, a line for each object: its class, and the middle and size of its box as
// fractions of the picture's size. The size is therefore read from the picture, as people see it.

/** How many pictures are looked at at once. */
const picturesAtOnce = 16;

/** A data set in YOLO's lay-out. */
interface Layout {
  /** The folder that the names of the pictures start from. */
  root: string;
  /** The names of the classes, by number. */
  classes: Map<number, string>;
  /** The pictures, from the root. */
  pictures: string[];
  /** How many keypoints an object has, and how many numbers each has. */
  keypoints: readonly [number, number] | undefined;
}

/**
 * The pictures of a YOLO data set: of Ultralytics' `data.yaml`, with the pictures of all its splits, of darknet's
 * `obj.data`, or of a folder with a `classes.txt`. A picture without a text file has no labels.
 */
export async function readYolo(path: string, reading: Reading): Promise<Picture[]> {
  const layout = await layoutOf(path);
  const found = new Pictures(reading);
  const read = await pMap(
    layout.pictures,
    async (name) => {
      const picture = join(layout.root, name);
      const text = labelFile(picture);
      const lines = (await exists(text)) ? await Array.fromAsync(linesOfFile(text)) : [];
      const isLabelled = lines.some((line) => line.trim() !== "");
      return { name, text, lines, size: isLabelled ? await sizeOfPicture(picture) : {} };
    },
    { concurrency: picturesAtOnce },
  );
  for (const { name, text, lines, size } of read) {
    if (typeof size === "string") {
      reading.problems.add(
        `image "${name}": its size, which YOLO's boxes are fractions of, cannot be read (${size})`,
      );
      continue;
    }
    const boxes = lines.flatMap((line, index) => {
      const at = `${relative(layout.root, text)} line ${index + 1}`;
      const box = line.trim() === "" ? undefined : boxOfLine(line, size, layout);
      if (typeof box === "string") {
        reading.problems.add(`${at} ${box}`);
      }
      return typeof box === "object" ? [{ at, ...box }] : [];
    });
    found.add({ name, size, boxes });
  }
  return found.end();
}

/** The pictures as a data set of Ultralytics: beside these files belongs the folder `images` with the pictures. */
export async function* yoloFiles(annotations: Annotations): AsyncGenerator<WrittenFile> {
  const { stringify } = await import("yaml");
  const numbers = new Map(annotations.categories.map(({ name }, index) => [name, index]));
  const pictures = writable(annotations);
  for (const { stem, width, height, boxes } of pictures) {
    const lines = boxes.map(({ bbox: [x, y, boxWidth, boxHeight], category }) => {
      const places = [
        (x + boxWidth / 2) / width,
        (y + boxHeight / 2) / height,
        boxWidth / width,
        boxHeight / height,
      ];
      return `${numbers.get(category)} ${places.map(fraction).join(" ")}\n`;
    });
    yield [`labels/${stem.replace(/^images\//, "")}.txt`, lines.join("")];
  }
  const names = annotations.categories.map(({ name }) => name);
  yield ["data.yaml", stringify({ path: ".", ...splitsOf(pictures), names })];
}

/** Enough digits for a picture of any size. */
function fraction(value: number): number {
  return Number(value.toFixed(12));
}

/** Pictures that came in folders of splits stay in them; the others serve for both, until somebody parts them. */
function splitsOf(pictures: readonly WritablePicture[]): Record<string, string> {
  const folders = pictures.map(({ path }) => /^images\/([^/]+)\//.exec(path)?.[1]);
  const splits = new Set(folders);
  const found = [
    ["train", "train"],
    ["val", "val"],
    ["val", "valid"],
    ["test", "test"],
  ] as const;
  const named = found.filter(([, folder]) => splits.has(folder));
  return splits.size > 0 && named.length === splits.size && splits.has("train")
    ? {
        val: "images/train",
        ...Object.fromEntries(named.map(([split, folder]) => [split, `images/${folder}`])),
      }
    : { train: "images", val: "images" };
}

/** The classes of a YOLO data set. COCO counts its ids from 1, where YOLO counts from 0. */
export async function yoloCategories(path: string): Promise<Category[]> {
  const { classes } = await layoutOf(path);
  return [...classes].map(([number, name]) => ({ id: number + 1, name }));
}

/** Whether a folder is a YOLO data set. */
export async function isYoloFolder(path: string): Promise<boolean> {
  return (await Promise.all(marks.map((name) => exists(join(path, name))))).some(Boolean);
}

/** What a folder has in it, in the order of what says most. */
const marks = ["data.yaml", "data.yml", "dataset.yaml", "obj.data", "classes.txt", "obj.names"];

async function layoutOf(path: string): Promise<Layout> {
  if ((await stat(path)).isDirectory()) {
    for (const name of marks) {
      if (await exists(join(path, name))) {
        return layoutOf(join(path, name));
      }
    }
    throw new FilesError("it is not a YOLO data set: it has no data.yaml, obj.data or classes.txt");
  }
  if (/\.ya?ml$/i.test(path)) {
    return ofYaml(path);
  }
  return extname(path) === ".data" ? ofDarknet(path) : ofClasses(path);
}

/** Ultralytics: the splits are folders of pictures, lists of folders, or text files that list pictures. */
async function ofYaml(path: string): Promise<Layout> {
  const { parse } = await import("yaml");
  let data: unknown;
  try {
    data = parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new FilesError(`it is not YAML (${String((error as Error).message).split("\n")[0]})`);
  }
  if (!isObject(data) || !(isObject(data.names) || Array.isArray(data.names))) {
    throw new FilesError("it is not a YOLO data set: it has no names of classes");
  }
  const root = typeof data.path === "string" ? await rootOf(path, data.path) : dirname(path);
  const splits = [data.train, data.val, data.test]
    .flat()
    .filter((each) => each != null && each !== "");
  if (splits.length === 0) {
    throw new FilesError("it names no pictures: give it train, val or test");
  }
  const found = await Promise.all(splits.map((split) => picturesOf(root, String(split))));
  const { kpt_shape: shape } = data;
  return {
    root,
    classes: new Map(Object.entries(data.names).map(([id, name]) => [Number(id), String(name)])),
    pictures: [...new Set(found.flat())],
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
  const names = settings.get("names");
  const splits = ["train", "valid"].flatMap((each) => settings.get(each) ?? []);
  if (names === undefined || splits.length === 0) {
    throw new FilesError("it is not darknet's: it has no names, or neither train nor valid");
  }
  const found = await Promise.all(splits.map((split) => picturesOf(root, inFolder(root, split))));
  return {
    root,
    classes: await classesIn(join(root, inFolder(root, names))),
    pictures: [...new Set(found.flat())],
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
    keypoints: undefined,
  };
}

/** Darknet writes its paths from where it is started: `data/obj.names` lies beside `data/obj.data`. */
function inFolder(root: string, path: string): string {
  const prefix = `${basename(resolve(root))}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

async function classesIn(path: string): Promise<Map<number, string>> {
  if (!(await exists(path))) {
    throw new FilesError(`its list of classes is not there: ${path}`);
  }
  const names = (await Array.fromAsync(linesOfFile(path))).map((line) => line.trim());
  return new Map([...names.entries()].filter(([, name]) => name !== ""));
}

/** The pictures of a split, from the root. */
async function picturesOf(root: string, split: string): Promise<string[]> {
  // Some tools write the splits from a folder beside them.
  const tries = [split, split.replace(/^(\.\.\/)+/, "")].map((each) => resolve(root, each));
  for (const path of tries) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) {
      return (await pictures(path)).map((name) => fromRoot(root, join(path, name)));
    }
    if (found?.isFile()) {
      const lines = (await Array.fromAsync(linesOfFile(path))).map((line) => line.trim());
      const names = lines.filter((line) => line !== "");
      return names.map((line) => fromRoot(root, resolve(root, inFolder(root, line))));
    }
  }
  throw new FilesError(`its pictures are not there: ${split}, from ${root}`);
}

async function pictures(folder: string): Promise<string[]> {
  return ofMediaTypes(["image/*"], await selectFiles({ folder }));
}

function fromRoot(root: string, path: string): string {
  const name = relative(root, path).split(sep).join("/");
  if (name.startsWith("../")) {
    throw new FilesError(`the picture ${name} lies outside of the folder ${root}`);
  }
  return name;
}

/** Beside the picture, or in the folder `labels` where the picture is in the folder `images`. */
function labelFile(picture: string): string {
  const text = picture.slice(0, -extname(picture).length).concat(".txt");
  const parts = text.split(sep);
  const at = parts.lastIndexOf("images");
  return at === -1 ? text : parts.with(at, "labels").join(sep);
}

/** The box of a line; text says what is wrong with it. */
function boxOfLine(
  line: string,
  { width = 1, height = 1 }: PictureSize,
  { classes, keypoints }: Layout,
): Omit<Box, "at"> | string {
  const [number = -1, ...values] = line.trim().split(/\s+/).map(Number);
  const category = classes.get(number);
  if (category === undefined) {
    return `has the class ${number}, of which there is no name`;
  }
  if (values.length < 4 || !values.every(Number.isFinite)) {
    return "must be a class and at least 4 numbers";
  }
  const scaled = (points: readonly number[]) =>
    points.map((value, at) => value * (at % 2 === 0 ? width : height));
  const [middleX = 0, middleY = 0, boxWidth = 0, boxHeight = 0, ...rest] = values;
  const box = [
    (middleX - boxWidth / 2) * width,
    (middleY - boxHeight / 2) * height,
    boxWidth * width,
    boxHeight * height,
  ];
  const others: Plain = {};
  if (keypoints !== undefined && rest.length >= keypoints[0] * keypoints[1]) {
    others.keypoints = rest;
  } else if (rest.length > 1 && values.length % 2 === 0) {
    // An outline has no box of its own.
    const outline = scaled(values);
    return { bbox: boxOf(outline), category, others: { segmentation: [outline] } };
  } else if (rest.length === 1) {
    [others.score] = rest;
  }
  return { bbox: box, category, others };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
