import { Tokenizer, TokenParser } from "@streamparser/json";
import { exactNumber } from "../api/int64.ts";
import { FilesError } from "../disk/problems.ts";
import { textOfFile } from "../disk/utf8.ts";
import type { PictureSize } from "../items/box.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";
import { type Box, type Picture, Pictures, type Reading, sizeOf } from "./annotated.ts";
import { type Annotations, short, type WrittenFile } from "./annotations.ts";
import { type Category, sharedName, sharedNames } from "./categories.ts";

interface Image {
  name: string;
  size: PictureSize;
}

interface Annotation extends Pick<Box, "bbox" | "others"> {
  id: number | string | null | undefined;
  category_id: number | string | null | undefined;
}

interface Coco {
  images: Map<string, Image>;
  categories: Map<string, Category>;
  annotations: Map<string, Annotation[]>;
}

/**
 * The pictures of a COCO file, by their files' names, with the boxes of their annotations. Problems are reported with the
 * image's name.
 */
export async function readCoco(path: string, reading: Reading): Promise<Picture[]> {
  const { problems } = reading;
  const coco = await parse(path, reading);
  const found = new Pictures(reading);
  const shared = sharedNames([...coco.categories.values()].map(({ name }) => name));
  for (const [id, { name, size }] of coco.images) {
    const boxes = (coco.annotations.get(id) ?? []).map((annotation, index): Box => {
      // Ids are free to repeat or to be left out, because nothing refers to them.
      const at = `annotation ${annotation.id ?? `number ${index + 1}`}`;
      const category = coco.categories.get(String(annotation.category_id));
      if (annotation.category_id != null && category === undefined) {
        problems.add(`image "${name}": there is no category ${annotation.category_id}`);
      }
      if (category !== undefined && shared.has(category.name)) {
        reading.dropped.add(sharedName);
      }
      const { bbox, others } = annotation;
      return { at, bbox, category: category?.name, others };
    });
    found.add({ name, size, boxes });
  }
  for (const [id, [first]] of coco.annotations) {
    if (!coco.images.has(id)) {
      problems.add(`annotation ${first?.id ?? "?"} is of image ${id}, which is not there`);
    }
  }
  return found.end();
}

/** The categories of a COCO file, in its order. */
export async function cocoCategories(path: string, reading: Reading): Promise<Category[]> {
  const { categories } = await parse(path, reading);
  reading.problems.end();
  return [...categories.values()];
}

/** The pictures as one COCO file. */
export function* cocoFiles({ pictures, categories }: Annotations): Generator<WrittenFile> {
  const idOf = new Map(categories.map(({ id, name }) => [name, id]));
  const images = pictures.map(({ name, size }, index) => ({
    id: index + 1,
    file_name: name,
    ...size,
  }));
  const annotations = pictures.flatMap(({ boxes }, index) =>
    boxes.map(({ bbox, category, kept }) => ({
      image_id: index + 1,
      category_id: idOf.get(category),
      bbox: bbox.map(short),
      area: short(bbox[2] * bbox[3]),
      iscrowd: 0,
      ...kept,
    })),
  );
  const document = {
    images,
    annotations: annotations.map((annotation, index) => ({ id: index + 1, ...annotation })),
    categories: categories.map((category) => ({ supercategory: "", ...category })),
  };
  yield ["annotations.coco.json", `${JSON.stringify(document)}\n`];
}

/** Reads ids as they are, even if a number would round them and so make two ids the same. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(source: string): number {
    return exactNumber(source) as number;
  }
}

/** Gathers the three lists as they come, in any order. */
class Gatherer {
  readonly coco: Coco = { images: new Map(), categories: new Map(), annotations: new Map() };
  /** Whether there is a list of images. */
  hasImages = false;
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Adds an entry of a list. */
  add(list: unknown, value: unknown): void {
    if (!isObject(value)) {
      this.#reading.problems.add(`${list} must be objects, got ${JSON.stringify(value)}`);
    } else if (list === "images") {
      this.#addImage(value);
    } else if (list === "categories") {
      this.#addCategory(value);
    } else {
      this.#addAnnotation(value);
    }
  }

  #addImage({ id, file_name: name, width, height, ...others }: Plain): void {
    const { images } = this.coco;
    if (typeof name !== "string" || id == null) {
      const shown = JSON.stringify({ id, file_name: name, ...others }).slice(0, 80);
      this.#reading.problems.add(`image ${shown} must have id and file_name`);
    } else if (images.has(String(id))) {
      this.#reading.problems.add(`image "${name}": its id ${id} is there twice`);
    } else {
      images.set(String(id), { name, size: sizeOf(width, height) });
    }
  }

  #addCategory({ id, name, supercategory, ...others }: Plain): void {
    const { categories } = this.coco;
    const { problems } = this.#reading;
    if (id === undefined || id === null) {
      problems.add(`category ${JSON.stringify(name)} has no id`);
    } else if (typeof name !== "string" || name === "") {
      problems.add(`category ${id} has no name`);
    } else if (categories.has(String(id))) {
      problems.add(`category ${id} is there twice: give each name an id of its own`);
    } else {
      categories.set(String(id), {
        ...others,
        id: id as number | string,
        name,
        ...(typeof supercategory === "string" && { supercategory }),
      });
    }
  }

  /** Keeps the annotation without what is not sent: outlines make up most of a large file. */
  #addAnnotation({ id, image_id, category_id, bbox, area, iscrowd, ...others }: Plain): void {
    const { annotations } = this.coco;
    const ofImage = annotations.get(String(image_id)) ?? [];
    annotations.set(String(image_id), ofImage);
    const { dropped } = this.#reading;
    const { num_keypoints: _, ...counted } = others;
    ofImage.push({
      bbox,
      id: id as Annotation["id"],
      category_id: category_id as Annotation["category_id"],
      others: {
        // They say nothing that box and keypoints do not say, so they are not counted.
        ...dropped.keepOf({ ...counted, iscrowd: iscrowd === 0 ? undefined : iscrowd }),
        ...(dropped.isKept("area") && { area }),
        ...(dropped.isKept("num_keypoints") && { num_keypoints: others.num_keypoints }),
      },
    });
  }
}

/** Reads a file as a stream, and if it is not a COCO file, says what it is. */
async function parse(path: string, reading: Reading): Promise<Coco> {
  const gatherer = new Gatherer(reading);
  const tokenizer = new ExactTokenizer();
  const parser = new TokenParser({
    paths: ["$.images", "$.images.*", "$.categories.*", "$.annotations.*"],
    keepStack: false,
  });
  let at: number | undefined;
  tokenizer.onToken = (token) => {
    at = token.offset;
    parser.write(token);
  };
  parser.onValue = ({ value, stack, key }) => {
    const [, list] = stack;
    if (list !== undefined) {
      gatherer.add(list.key, value);
    } else if (key === "images" && Array.isArray(value)) {
      gatherer.hasImages = true;
    }
  };
  try {
    for await (const piece of textOfFile(path)) {
      tokenizer.write(piece);
    }
  } catch (error) {
    throw error instanceof FilesError ? error : await notJson(path, at ?? 0);
  }
  if (at === undefined) {
    throw new FilesError("it is empty");
  }
  // Half a file would mean half of the labels.
  if (!parser.isEnded) {
    throw new FilesError(
      "it ends too early, so the rest of it is missing: write it or fetch it once more",
    );
  }
  if (!gatherer.hasImages) {
    throw new FilesError(
      "it is not a COCO file: it has no list of images. Lists of work items are JSON Lines: name them .jsonl",
    );
  }
  return gatherer.coco;
}

const shownBefore = 20;
const shownAfter = 40;

/** Says where a file is not JSON: at a token, or right after it. It reads the file again to find the line. */
async function notJson(path: string, at: number): Promise<FilesError> {
  let line = 1;
  let passed = 0;
  let near = "";
  for await (const piece of textOfFile(path)) {
    const bytes = Buffer.from(piece);
    const here = Math.max(0, at - passed);
    line += bytes.subarray(0, here).toString().split("\n").length - 1;
    if (here < bytes.length) {
      near = bytes
        .subarray(Math.max(0, here - shownBefore), here + shownAfter)
        .toString()
        .replace(/\s+/g, " ");
      break;
    }
    passed += bytes.length;
  }
  return new FilesError(
    `line ${line}: it is not JSON near \`${near}\`: look there for a comma, quote or bracket that is missing or too many, or for a word like NaN`,
  );
}
