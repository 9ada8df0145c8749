import { readdir } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import pMap from "p-map";
import { nearMiss } from "../disk/local-file.ts";
import { sizeOfPicture } from "../disk/picture-size.ts";
import { FilesError } from "../disk/problems.ts";
import { selectFiles } from "../disk/select-files.ts";
import { linesOfFile } from "../disk/utf8.ts";
import type { PictureSize } from "../items/box.ts";
import { got } from "../lifecycle/fields.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { type Box, boxOf, type Picture, Pictures, pixels, type Reading } from "./annotated.ts";
import { type Annotations, type WrittenFile, withEnding, writable } from "./annotations.ts";
import { type Category, sharedName, sharedNames } from "./categories.ts";
import { exists, type Layout, labelFile, layoutOf, linesIn } from "./yolo-layout.ts";
import { placeOf, type Split, splitsInYaml, splitsOfNames } from "./yolo-splits.ts";

// YOLO keeps a text file for each picture, a line for each object: its class, and the middle and size of its box as
// fractions of the picture's size. The size is therefore read from the picture, as people see it.

/** How many pictures are looked at at once. */
const picturesAtOnce = 16;

/**
 * The pictures of a YOLO data set: of Ultralytics' `data.yaml`, with the pictures of all its splits, of darknet's
 * `obj.data`, or of a folder with a `classes.txt`. A picture without a text file has no labels.
 */
export async function readYolo(path: string, reading: Reading): Promise<Picture[]> {
  const layout = await layoutOf(path);
  const found = new Pictures(reading);
  const read = await pMap(layout.pictures, (name) => readText(layout, name), {
    concurrency: picturesAtOnce,
  });
  const shared = sharedNames(layout.classes.values());
  const [first] = read;
  if (first === undefined) {
    throw new FilesError(
      `there are no pictures in the folders and lists that it names, from the folder ${layout.root}`,
    );
  }
  if (read.every(({ isThere }) => !isThere)) {
    const picture = join(layout.root, first.name);
    throw new FilesError(
      (await exists(picture))
        ? `none of its pictures has a text file, looked for ${first.text} and the like. To hand out pictures without labels, leave out the manifest`
        : `its picture ${picture} is not there${await nearMiss(picture)}`,
    );
  }
  for (const { name, text, lines, size } of read) {
    if (typeof lines === "string") {
      reading.problems.add(lines);
      continue;
    }
    if (typeof size === "string") {
      reading.problems.add(
        `image "${name}": its size, which YOLO's boxes are fractions of, cannot be read: ${size}`,
      );
      continue;
    }
    const boxes = lines.flatMap((line, index) => {
      const at = `${text} line ${index + 1}`;
      const box = line.trim() === "" ? undefined : boxOfLine(line, size, layout);
      if (typeof box === "string") {
        reading.problems.add(`${at} ${box}`);
      } else if (box?.category !== undefined && shared.has(box.category)) {
        reading.dropped.add(sharedName);
      }
      return typeof box === "object" ? [{ at, ...box }] : [];
    });
    found.add({ name, size, boxes });
  }
  for (const problem of await lostTexts(layout, read)) {
    reading.problems.add(problem);
  }
  return found.end();
}

interface Text {
  name: string;
  /** From the root. */
  text: string;
  isThere: boolean;
  /** Text says why it cannot be read. */
  lines: string[] | string;
  size: PictureSize | string;
}

/** The text of a picture: where Ultralytics looks for it, or else beside it. */
async function readText({ root }: Layout, name: string): Promise<Text> {
  const own = labelFile(name);
  const beside = withEnding(name, ".txt");
  const isOwn = await exists(join(root, own));
  const isThere = isOwn || (await exists(join(root, beside)));
  const text = isThere && !isOwn ? beside : own;
  const lines = isThere ? await linesIn(join(root, text), text).catch(problemOf) : [];
  const size = await sizeOfPicture(join(root, name));
  const isLabelled = typeof lines === "string" || lines.some((line) => line.trim() !== "");
  // Without boxes, nothing depends on the size.
  return { name, text, isThere, lines, size: typeof size === "string" && !isLabelled ? {} : size };
}

function problemOf(error: unknown): string {
  if (error instanceof FilesError) {
    return error.message;
  }
  throw error;
}

/** What is wrong with texts that belong to no picture: their boxes would be lost. */
async function lostTexts({ root }: Layout, read: readonly Text[]): Promise<string[]> {
  const folders = new Map(read.map(({ name, text }) => [dirname(text), dirname(name)]));
  const lost = new Set<string>();
  for (const [texts, pictures] of folders) {
    const isBeside = texts === pictures;
    const folder = join(root, texts);
    const include = [isBeside ? "*.[tT][xX][tT]" : "**/*.[tT][xX][tT]"];
    const names = (await exists(folder)) ? await selectFiles({ folder, include }) : [];
    for (const [below, group] of Map.groupBy(names, dirname)) {
      const others = await readdir(join(root, pictures, below)).catch(() => []);
      const stems = new Set(others.filter((each) => !isText.test(each)).map(stemOf));
      for (const name of group.filter((each) => !stems.has(stemOf(each)) || !/\.txt$/.test(each))) {
        const text = join(texts, name);
        const isLabels = isBeside ? await hasLabels(join(root, text)) : stemOf(name) !== "classes";
        if (isLabels && !stems.has(stemOf(name))) {
          lost.add(`${text} has no picture`);
        } else if (isLabels && !(await exists(join(root, withEnding(text, ".txt"))))) {
          lost.add(`${text} is not read: its name must end in .txt`);
        }
      }
    }
  }
  return [...lost];
}

const isText = /\.txt$/i;

function stemOf(name: string): string {
  return parse(name).name;
}

/** Whether a text beside pictures has labels: it may also be a list, or a note in any encoding. */
async function hasLabels(path: string): Promise<boolean> {
  const lines = await Array.fromAsync(linesOfFile(path)).catch(problemOf);
  const first = typeof lines === "string" ? "" : lines.find((line) => line.trim() !== "");
  return /^\s*\d+(\s+-?[\d.]+(e-?\d+)?){4,}\s*$/i.test(first ?? "");
}

/** The pictures as a data set of Ultralytics: beside these files belong the pictures, in the folder `images`. */
export async function* yoloFiles(annotations: Annotations): AsyncGenerator<WrittenFile> {
  const { stringify } = await import("yaml");
  const numbers = new Map(annotations.categories.map(({ name }, index) => [name, index]));
  const outlines = annotations.pictures.flatMap(({ boxes }) => boxes.map(outlineOf));
  // A box among outlines would be read as an outline of two points.
  const hasOutlines = outlines.length > 0 && outlines.every((outline) => outline !== undefined);
  const pictures = writable(annotations, hasOutlines ? ["segmentation"] : [], (path) =>
    labelFile(placeOf(path)),
  );
  for (const { file, width, height, boxes } of pictures) {
    const lines = boxes.map((box) => {
      const [x, y, boxWidth, boxHeight] = box.bbox;
      const outline = hasOutlines ? outlineOf(box) : undefined;
      const places = outline?.map((value, at) => value / (at % 2 === 0 ? width : height)) ?? [
        (x + boxWidth / 2) / width,
        (y + boxHeight / 2) / height,
        boxWidth / width,
        boxHeight / height,
      ];
      return `${numbers.get(box.category)} ${places.map(fraction).join(" ")}\n`;
    });
    yield [file, lines.join("")];
  }
  const places = pictures.map(({ path }) => placeOf(path));
  const { entries, lists } = splitsInYaml(
    annotations.splits ?? splitsOfNames(places, annotations.isLenient),
    places,
  );
  yield* lists;
  const names = annotations.categories.map(({ name }) => name);
  // Without a `path`, the splits are in the folder of this file. Names are quoted, because Python reads a plain `no` as
  // false, and a plain `12:30` as a number.
  const quoted = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
  yield ["data.yaml", stringify(entries) + stringify({ names }, quoted)];
}

/** The outline that a box was read with, if it is one of its own. */
function outlineOf({ kept: { segmentation } }: { kept: Plain }): readonly number[] | undefined {
  const [outline, ...more] = Array.isArray(segmentation) ? segmentation : [];
  return Array.isArray(outline) && outline.length >= 6 && more.length === 0 ? outline : undefined;
}

/** Enough digits for a picture of any size. */
function fraction(value: number): number {
  return Number(value.toFixed(12));
}

/** The classes of a YOLO data set. COCO counts its ids from 1, where YOLO counts from 0. */
export async function yoloCategories(path: string): Promise<Category[]> {
  const { classes } = await layoutOf(path);
  return [...classes].map(([number, name]) => ({ id: number + 1, name }));
}

/** What the pictures of a YOLO data set are for; none if it does not say. */
export async function yoloSplits(path: string): Promise<Split[]> {
  return (await layoutOf(path)).splits;
}

/** The box of a line; text says what is wrong with it. */
function boxOfLine(
  line: string,
  { width = 1, height = 1 }: PictureSize,
  { classes, keypoints }: Layout,
): Omit<Box, "at"> | string {
  const [number = -1, ...values] = line.trim().split(/\s+/).map(Number);
  const category = classes.get(number);
  if (!Number.isInteger(number)) {
    return `must begin with the number of a class, got ${got(line.trim().split(/\s+/)[0])}`;
  }
  if (category === undefined) {
    return `has the class ${number}, and there are names for ${[...classes.keys()].join(", ")} only`;
  }
  const points = (keypoints?.[0] ?? 0) * (keypoints?.[1] ?? 0);
  const isOutline = points === 0 && values.length >= 6 && values.length % 2 === 0;
  const isBox = [4, 5, 4 + points].includes(values.length);
  if (!values.every(Number.isFinite) || !(isOutline || isBox)) {
    return `must be a class with a box of 4 numbers, 5 with its score, or with the corners of an outline, has ${values.length} after the class`;
  }
  if (values.slice(0, 4).some((value) => value > 2)) {
    return `must have fractions of the picture, from 0 to 1, got ${got(values.slice(0, 4))}`;
  }
  const [middleX = 0, middleY = 0, boxWidth = 0, boxHeight = 0, ...rest] = values;
  const box = [
    (middleX - boxWidth / 2) * width,
    (middleY - boxHeight / 2) * height,
    boxWidth * width,
    boxHeight * height,
  ].map(pixels);
  if (isOutline) {
    // An outline has no box of its own.
    const outline = inPixels(values, 2, width, height);
    return { bbox: boxOf(outline), category, others: { segmentation: [outline] } };
  }
  const others: Plain =
    rest.length === 1
      ? { score: rest[0] }
      : rest.length > 1
        ? { keypoints: pointsOf(rest, keypoints?.[1] ?? 3, width, height) }
        : {};
  return { bbox: box, category, others };
}

/** Keypoints as COCO has them: x, y, and whether the point is seen. Where YOLO does not say, all are. */
function pointsOf(
  values: readonly number[],
  each: number,
  width: number,
  height: number,
): number[] {
  const places = inPixels(values, each, width, height);
  return each === 2 ? places.flatMap((place, at) => (at % 2 === 0 ? place : [place, 2])) : places;
}

/** Points, each of so many numbers: x and y in pixels, and perhaps whether it is seen. */
function inPixels(
  values: readonly number[],
  each: number,
  width: number,
  height: number,
): number[] {
  return values.map((value, at) => pixels(value * ([width, height][at % each] ?? 1)));
}
