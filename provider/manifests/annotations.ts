import { Problems } from "../disk/problems.ts";
import { isUrl, stripUrl } from "../text/urls.ts";
import type { Picture, PictureBox } from "./annotated.ts";
import type { Category } from "./categories.ts";
import type { Dropped } from "./dropped.ts";

type NamedBox = Omit<PictureBox, "category"> & { category: string };

/** Pictures with their boxes, to be written in a format. */
export interface Annotations {
  pictures: readonly (Omit<Picture, "boxes"> & { boxes: readonly NamedBox[] })[];
  /** Each category that a box names, and perhaps more, in the order of their numbers. */
  categories: readonly Category[];
  /** Counts what the format has no place for. */
  dropped: Dropped;
}

/** A file of a format: its name from the folder that all of them go to, and its text. */
export type WrittenFile = readonly [name: string, text: string];

/** A picture with what a format needs that has a file for each, or that writes sizes. */
export interface WritablePicture {
  /** Its name as a path below a folder, without its ending. */
  stem: string;
  /** Its name as a path below a folder. */
  path: string;
  width: number;
  height: number;
  boxes: readonly NamedBox[];
}

/** The pictures for such a format, after a look at all of them. */
export function writable({ pictures, dropped }: Annotations): WritablePicture[] {
  const problems = new Problems();
  const stems = new Map<string, string>();
  const all = pictures.flatMap(({ name, size: { width, height }, boxes }) => {
    // A URL becomes a path by its host.
    const path = isUrl(name) ? stripUrl(name).replace(/^[^/]*\/\//, "") : name.replace(/^\.\//, "");
    const stem = path.replace(/\.[^./]+$/, "");
    const other = stems.get(stem);
    stems.set(stem, name);
    if (path.split(/[\\/]/).includes("..") || /^([\\/]|[a-z]:)/i.test(path)) {
      problems.add(`image "${name}": its name leads out of the folder`);
    } else if (other !== undefined) {
      problems.add(`images "${other}" and "${name}" would share a file: rename one of them`);
    } else if (width === undefined || height === undefined) {
      problems.add(`image "${name}": its size is not known, which this format needs`);
    } else {
      return [{ stem, path, width, height, boxes }];
    }
    return [];
  });
  problems.end();
  for (const name of pictures
    .flatMap(({ boxes }) => boxes)
    .flatMap(({ kept }) => Object.keys(kept))) {
    dropped.add(name);
  }
  return all;
}

/** What a box without a category is of, in formats that have no such box. */
const unnamed = "object";

/** Pictures to write, where each box has a category, and each category a number. */
export function annotationsOf(
  pictures: readonly Picture[],
  listed: readonly Category[],
  dropped: Dropped,
): Annotations {
  const categories = [...listed];
  const names = new Set(listed.map(({ name }) => name));
  const named = pictures.map(({ boxes, ...picture }) => ({
    ...picture,
    boxes: boxes.map(({ category = unnamed, ...box }) => ({ category, ...box })),
  }));
  for (const { category } of named.flatMap(({ boxes }) => boxes)) {
    if (!names.has(category)) {
      names.add(category);
      const id = Math.max(0, ...categories.map((each) => Number(each.id) || 0)) + 1;
      categories.push({ id, name: category });
    }
  }
  return { pictures: named, categories, dropped };
}

/** A number without what computing leaves in its last digits. */
export function short(value: number): number {
  return Number(value.toFixed(6));
}
