import { join } from "node:path";
import type { Problems } from "../disk/problems.ts";
import { boxProblem, type PictureSize } from "../items/box.ts";
import type { SetItem } from "../items/set-item.ts";
import type { Plain } from "../lifecycle/plain.ts";
import type { Dropped } from "./dropped.ts";

// What the formats of annotated pictures have in common: pictures with boxes.

/** A box of a picture, as a format describes it. */
export interface Box {
  /** What names it in a message: `annotation 7`. */
  at: string;
  /** As the file has it, because it may be anything. */
  bbox: unknown;
  category?: string | undefined;
  /** What else the file says about it, for which the platform has no field. */
  others?: Plain | undefined;
}

/** A picture, as a format describes it. */
export interface AnnotatedPicture {
  /** Its name from the folder of the pictures. */
  name: string;
  /** Where the picture lies, if that is not a file of the uploads. */
  assetUrl?: string | undefined;
  /** The file of the manifest that is about this picture alone. */
  from?: string | undefined;
  size: PictureSize;
  boxes: Box[];
}

/** A picture whose boxes are boxes. */
export interface Picture extends Omit<AnnotatedPicture, "boxes"> {
  boxes: PictureBox[];
}

export interface PictureBox {
  bbox: readonly [number, number, number, number];
  category: string | undefined;
  /** What is kept besides. */
  kept: Plain;
}

/** What a reader of a format is given. */
export interface Reading {
  problems: Problems;
  dropped: Dropped;
  /** Whether a box that is none is left out, instead of being a problem: people may have drawn it. */
  isLenient?: boolean | undefined;
}

/** Gathers pictures, checks their boxes, and refuses pictures that are there twice. */
export class Pictures {
  readonly #pictures = new Map<string, Picture>();
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  add({ boxes, ...picture }: AnnotatedPicture): void {
    const { problems, isLenient } = this.#reading;
    const { name } = picture;
    // "./a.jpg" is the file "a.jpg".
    const file = join(name);
    const earlier = this.#pictures.get(file);
    if (earlier !== undefined && !isLenient) {
      const { from } = picture;
      const where = from === undefined ? "" : `, in ${earlier.from} and in ${from}`;
      problems.add(`image "${name}" is there twice${where}`);
      return;
    }
    const sound = boxes.flatMap((box) => this.#check(picture, box));
    if (earlier !== undefined) {
      // Two work items show one picture.
      earlier.boxes.push(...sound);
    } else {
      this.#pictures.set(file, { ...picture, boxes: sound });
    }
  }

  /** The box if it is one: a problem is told, or what people have drawn is cut off at the edge of the picture. */
  #check({ name, size }: Omit<AnnotatedPicture, "boxes">, box: Box): PictureBox[] {
    const { problems, dropped, isLenient } = this.#reading;
    const bbox = isLenient ? cutOff(box.bbox, size) : box.bbox;
    const problem = boxProblem(bbox, size);
    if (problem !== undefined && isLenient) {
      dropped.add("annotations without a box");
    } else if (problem !== undefined) {
      problems.add(`image "${name}": ${box.at} ${problem}`);
    }
    return problem === undefined
      ? [
          {
            bbox: bbox as PictureBox["bbox"],
            category: box.category,
            kept: dropped.keepOf(box.others ?? {}),
          },
        ]
      : [];
  }

  /** All pictures, unless something is wrong. */
  end(): Picture[] {
    this.#reading.problems.end();
    return [...this.#pictures.values()];
  }
}

const most = Number.POSITIVE_INFINITY;

/** The part of a box that lies in the picture. */
function cutOff(bbox: unknown, { width = most, height = most }: PictureSize): unknown {
  if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(Number.isFinite)) {
    return bbox;
  }
  const [x, y, boxWidth, boxHeight] = bbox as [number, number, number, number];
  const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
  return [left, top, Math.min(x + boxWidth, width) - left, Math.min(y + boxHeight, height) - top];
}

/** The work item of a picture, with its boxes as labels. */
export function toItem({ name, assetUrl, boxes }: Picture): SetItem {
  const labels = boxes.map(({ bbox, category, kept }) => {
    const metadata = { ...kept, ...(category !== undefined && { category }) };
    return { bbox, ...(Object.keys(metadata).length > 0 && { metadata }) };
  });
  return {
    ...(assetUrl === undefined ? { file: name } : { assetUrl }),
    assetType: "image",
    ...(labels.length > 0 && { labels: labels as unknown as SetItem["labels"] & object }),
  };
}

/** A number of a file, which may be written as text. Undefined if the file gives none. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The size of a picture as a file has it. Tools that do not know it write null, 0 or -1. */
export function sizeOf(width: unknown, height: unknown): PictureSize {
  const side = (value: unknown) => {
    const number = numberOf(value);
    return number !== undefined && number > 0 ? number : undefined;
  };
  return { width: side(width), height: side(height) };
}

/**
 * A place in pixels that was computed, without what computing leaves in its last digits. Fractions of six digits and their
 * halves come back as they were.
 */
export function pixels(value: number): number {
  return Number(value.toFixed(7));
}

/** The boundaries of an outline: x and y of each of its points. */
export function boxOf(outline: readonly number[]): [number, number, number, number] {
  const xs = outline.filter((_, at) => at % 2 === 0);
  const ys = outline.filter((_, at) => at % 2 === 1);
  // A spread of many points would be too many arguments.
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  const [x, y] = [least(xs), least(ys)];
  return [x, y, pixels(most(xs) - x), pixels(most(ys) - y)];
}

/**
 * The platform takes straight boxes only. One that is turned around a point, by degrees clockwise, becomes the box around
 * it, as far as that lies in the picture; its corners are kept as an outline.
 */
export function ofTurned(
  bbox: readonly [number, number, number, number],
  rotation: unknown,
  [aroundX, aroundY]: readonly [number, number],
  size: PictureSize,
): Pick<Box, "bbox" | "others"> {
  const [x, y, width, height] = bbox;
  const degrees = numberOf(rotation) ?? 0;
  // A box without an inside is refused as it is.
  if (degrees === 0 || !(width > 0 && height > 0)) {
    return { bbox };
  }
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const;
  const outline = corners.flatMap(([cornerX, cornerY]) => {
    const [right, down] = [cornerX - aroundX, cornerY - aroundY];
    return [aroundX + right * cos - down * sin, aroundY + right * sin + down * cos].map(pixels);
  });
  return {
    bbox: cutOff(boxOf(outline), size),
    others: { rotation: degrees, segmentation: [outline] },
  };
}
