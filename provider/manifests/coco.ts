import { Tokenizer, TokenParser } from "@streamparser/json";
import { exactNumber } from "../api/int64.ts";
import { FilesError, Problems } from "../disk/problems.ts";
import { textOfFile } from "../disk/utf8.ts";
import { boxProblem } from "../items/box.ts";
import type { SetItem } from "../items/set-item.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";

interface Image {
  file_name: string;
  width?: number;
  height?: number;
}

interface Annotation {
  id?: number | string;
  category_id?: number | string;
  bbox?: unknown;
}

interface Coco {
  images: Map<string, Image>;
  categories: Map<string, string>;
  annotations: Map<string, Annotation[]>;
}

/**
 * The work items of a COCO file: each image is one, known by its file's name, with its annotations as pre-labels that
 * carry their category's name. Problems are reported with the image's name.
 */
export async function readCoco(path: string): Promise<Map<string, SetItem>> {
  const problems = new Problems();
  const coco = await parse(path, problems);
  const items = new Map<string, SetItem>();
  for (const [id, image] of coco.images) {
    const { file_name: file } = image;
    if (items.has(file)) {
      problems.add(`image "${file}" is there twice`);
      continue;
    }
    const labels = (coco.annotations.get(id) ?? []).map((annotation) => {
      const problem = boxProblem(annotation.bbox, image);
      if (problem !== undefined) {
        problems.add(`image "${file}": annotation ${String(annotation.id ?? "?")} ${problem}`);
      }
      const category = coco.categories.get(String(annotation.category_id));
      if (annotation.category_id !== undefined && category === undefined) {
        problems.add(`image "${file}": there is no category ${annotation.category_id}`);
      }
      return {
        bbox: annotation.bbox,
        ...(category !== undefined && { metadata: { category } }),
      };
    });
    items.set(file, { file, assetType: "image", ...(labels.length > 0 && { labels }) });
  }
  for (const [id, [first]] of coco.annotations) {
    if (!coco.images.has(id)) {
      problems.add(`annotation ${String(first?.id ?? "?")} is of image ${id}, which is not there`);
    }
  }
  problems.end();
  return items;
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
  readonly #annotationIds = new Set<string>();
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** Adds an entry of a list. */
  add(list: unknown, value: unknown): void {
    if (!isObject(value)) {
      this.#problems.add(`${list} must be objects, got ${JSON.stringify(value)}`);
    } else if (list === "images") {
      this.#addImage(value);
    } else if (list === "categories") {
      this.coco.categories.set(String(value.id), value.name as string);
    } else {
      this.#addAnnotation(value);
    }
  }

  #addImage(value: Plain): void {
    const { id, file_name, width, height } = value as Partial<Image> & { id?: number | string };
    if (typeof file_name !== "string" || id === undefined) {
      const shown = JSON.stringify(value).slice(0, 80);
      this.#problems.add(`image ${shown} must have id and file_name`);
    } else if (this.coco.images.has(String(id))) {
      this.#problems.add(`image "${file_name}": its id ${id} is there twice`);
    } else {
      this.coco.images.set(String(id), {
        file_name,
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
      });
    }
  }

  /** Keeps the annotation without its outline: outlines make up most of a large file. */
  #addAnnotation(value: Plain): void {
    const { id, image_id, category_id, bbox } = value as Annotation & { image_id?: unknown };
    if (id !== undefined && this.#annotationIds.has(String(id))) {
      this.#problems.add(`annotation ${String(id)} is there twice`);
    }
    this.#annotationIds.add(String(id));
    const { annotations } = this.coco;
    const ofImage = annotations.get(String(image_id)) ?? [];
    annotations.set(String(image_id), ofImage);
    ofImage.push({
      bbox,
      ...(id !== undefined && { id }),
      ...(category_id !== undefined && { category_id }),
    });
  }
}

/** Reads a file as a stream, and if it is not a COCO file, says what it is. */
async function parse(path: string, problems: Problems): Promise<Coco> {
  const gatherer = new Gatherer(problems);
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
