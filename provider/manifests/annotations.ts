import { extname } from "node:path";
import { Problems } from "../disk/problems.ts";
import type { Picture, PictureBox } from "./annotated.ts";
import { type Category, type DeclaredCategory, FreeIds, isListed } from "./categories.ts";
import type { Dropped } from "./dropped.ts";
import type { Split } from "./yolo-splits.ts";

type NamedBox = Omit<PictureBox, "category"> & { category: string };

/** Pictures with their boxes, to be written in a format. */
export interface Annotations {
  pictures: readonly (Omit<Picture, "boxes"> & { boxes: readonly NamedBox[] })[];
  /** Each category that a box names, and perhaps more, in the order of their numbers. */
  categories: readonly Category[];
  /** Counts what the format has no place for. */
  dropped: Dropped;
  /** Whether a picture that does not fit is left out and counted, instead of being a problem: people have drawn on it. */
  isLenient: boolean;
  /** What the pictures are for, where that is known; otherwise their names tell. */
  splits?: readonly Split[] | undefined;
}

/** A file of a format: its name from the folder that all of them go to, and its text. */
export type WrittenFile = readonly [name: string, text: string];

/** A picture with what a format needs that has a file for each, or that writes sizes. */
export interface WritablePicture {
  /** Its name as a path below a folder. */
  path: string;
  /** The file of its annotations. */
  file: string;
  width: number;
  height: number;
  boxes: readonly NamedBox[];
}

/** What COCO has, and anyone can compute. */
const computed = ["area", "num_keypoints"];

/**
 * The pictures for such a format, after a look at all of them. `places` names what the format has a place for besides
 * boxes; `fileOf` the file of a picture's annotations, where each has one.
 */
export function writable(
  { pictures, dropped, isLenient }: Annotations,
  places: readonly string[] = [],
  fileOf: (path: string) => string = (path) => path,
): WritablePicture[] {
  const problems = new Problems();
  const names = new Map<string, string>();
  const all = pictures.flatMap(({ name, size: { width, height }, boxes }) => {
    // A URL becomes a path by its host.
    const path = name.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/^(\.\/)+/, "");
    const file = fileOf(path);
    const other = names.get(file);
    if (!isInside(path)) {
      problems.add(`image "${name}": its name leads out of the folder`);
    } else if (other !== undefined && isLenient) {
      dropped.add("pictures that differ in their ending only");
    } else if (other !== undefined) {
      problems.add(`images "${other}" and "${name}" would share a file: rename one of them`);
    } else if (width === undefined || height === undefined) {
      if (isLenient) {
        dropped.add("pictures whose size is not known");
      } else {
        problems.add(
          `image "${name}": its size is not known, which this format needs: name the folder of the pictures by --pictures`,
        );
      }
    } else {
      names.set(file, name);
      return [{ path, file, width, height, boxes }];
    }
    return [];
  });
  problems.end();
  for (const { kept } of pictures.flatMap(({ boxes }) => boxes)) {
    for (const name of Object.keys(kept).filter(
      (each) => !places.includes(each) && !computed.includes(each),
    )) {
      dropped.add(name);
    }
  }
  return all;
}

/** What a box without a category is of, in formats that have no such box. */
const unnamed = "object";

/** Pictures to write, where each box has a category, and each category a number. */
export function annotationsOf(
  pictures: readonly Picture[],
  declared: readonly DeclaredCategory[],
  dropped: Dropped,
  isLenient = false,
): Annotations {
  const ids = new FreeIds(declared.filter(isListed));
  const categories = declared.map((category) =>
    isListed(category) ? category : { id: ids.next(), name: category.name },
  );
  const names = new Set(declared.map(({ name }) => name));
  const named = pictures.map(({ boxes, ...picture }) => ({
    ...picture,
    boxes: boxes.map(({ category = unnamed, ...box }) => ({ category, ...box })),
  }));
  for (const { category } of named.flatMap(({ boxes }) => boxes)) {
    if (!names.has(category)) {
      names.add(category);
      categories.push({ id: ids.next(), name: category });
    }
  }
  return { pictures: named, categories, dropped, isLenient };
}

/** A path below a folder with another ending. */
export function withEnding(path: string, ending: string): string {
  return path.slice(0, path.length - extname(path).length).concat(ending);
}

/** Whether a name stays in the folder that it is joined to. */
export function isInside(name: string): boolean {
  return !name.split(/[\\/]/).includes("..") && !/^([\\/]|[a-z]:)/i.test(name);
}

/** A number without what computing leaves in its last digits. */
export function short(value: number): number {
  return Number(value.toFixed(6));
}
