import type { Size } from "../files/picture-sizes.ts";
import type { Label, WorkItem } from "../model.ts";

type Box = NonNullable<Label["bbox"]>;

/** The parts of a COCO document that the emulator writes. */
export interface Coco {
  info: { description: string; version: string; date_created: string };
  images: Array<{ id: number; file_name: string; width: number; height: number }>;
  annotations: CocoAnnotation[];
  categories: Array<{ id: number; name: string; supercategory: string }>;
}

export interface CocoAnnotation {
  id: number;
  image_id: number;
  category_id: number;
  bbox: [number, number, number, number];
  area: number;
  segmentation: unknown[];
  iscrowd: number;
}

/** The annotators draw this box on an item that came without boxes. */
const madeUpBox: Box = [40, 30, 200, 120];
const madeUpSize: Size = { width: 640, height: 480 };

/**
 * What an annotator hands in for a work item: its labels' boxes as a COCO document, in a picture that can hold them.
 */
export function toCoco(item: WorkItem, finishedAt: Date, known?: Size): Coco {
  const boxed = (item.labels ?? []).filter((label) => label.bbox !== undefined);
  const size = known ?? sizeAround(boxed);
  const labels: Label[] = boxed.length > 0 ? boxed : [{ bbox: boxIn(size) }];
  const names = [...new Set(labels.map(categoryOf))];
  return {
    info: toInfo(`Work item ${item.id}`, finishedAt),
    images: [{ id: 1, file_name: item.fields.assetUrl, width: size.width, height: size.height }],
    annotations: labels.map((label, index) => toAnnotation(label, index, names)),
    categories: toCategories(names),
  };
}

/** A size that holds the boxes, for a picture of unknown size. */
function sizeAround(labels: readonly Label[]): Size {
  const boxes = labels.flatMap(({ bbox }) => (bbox === undefined ? [] : [bbox]));
  return {
    width: Math.ceil(Math.max(madeUpSize.width, ...boxes.map(([x, , width]) => x + width))),
    height: Math.ceil(Math.max(madeUpSize.height, ...boxes.map(([, y, , height]) => y + height))),
  };
}

/** The made-up box, or one in the middle of a picture that is too small for it. */
function boxIn({ width, height }: Size): Box {
  const [x, y, w, h] = madeUpBox;
  return x + w <= width && y + h <= height
    ? madeUpBox
    : [width / 4, height / 4, width / 2, height / 2];
}

/** Merges documents into one. Images and annotations get new numbers, and categories with the same name become one. */
export function mergeCoco(documents: Coco[], description: string, finishedAt: Date): Coco {
  const names = [
    ...new Set(documents.flatMap(({ categories }) => categories.map(({ name }) => name))),
  ];
  const merged: Coco = {
    info: toInfo(description, finishedAt),
    images: [],
    annotations: [],
    categories: toCategories(names),
  };
  for (const { images, annotations, categories } of documents) {
    const firstImage = merged.images.length;
    merged.images.push(...images.map((image, index) => ({ ...image, id: firstImage + index + 1 })));
    for (const annotation of annotations) {
      merged.annotations.push({
        ...annotation,
        id: merged.annotations.length + 1,
        image_id: firstImage + 1 + images.findIndex(({ id }) => id === annotation.image_id),
        category_id: names.indexOf(categoryName(annotation, categories)) + 1,
      });
    }
  }
  return merged;
}

export function categoryName(annotation: CocoAnnotation, categories: Coco["categories"]): string {
  return categories.find(({ id }) => id === annotation.category_id)?.name ?? "";
}

function toInfo(description: string, finishedAt: Date): Coco["info"] {
  return { description, version: "1.0", date_created: finishedAt.toISOString() };
}

function toCategories(names: string[]): Coco["categories"] {
  return names.map((name, index) => ({ id: index + 1, name, supercategory: "" }));
}

function toAnnotation(label: Label, index: number, names: string[]): CocoAnnotation {
  const [x, y, width, height] = label.bbox ?? [0, 0, 0, 0];
  return {
    id: index + 1,
    image_id: 1,
    category_id: names.indexOf(categoryOf(label)) + 1,
    bbox: [x, y, width, height],
    area: width * height,
    segmentation: [],
    iscrowd: 0,
  };
}

function categoryOf({ metadata }: Label): string {
  return typeof metadata?.category === "string" ? metadata.category : "object";
}
