import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { AtomicFile, removeLeftovers, writeAtomically } from "../disk/atomic-file.ts";
import type { Provenance } from "../items/provenance-entries.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import type { Category, DeclaredCategory } from "../manifests/categories.ts";
import { CategoryNumbers } from "./category-numbers.ts";
import type { FinishedItem } from "./finished.ts";
import type { ItemCoco } from "./item-coco.ts";

// The merged file has a line for each image, annotation and category, so that a later update finds an item's lines
// without reading the others, and a comparison of two files shows items. Besides what COCO defines, an image carries
// its work item, and names the list of categories that its own file had.

/** How a merged file begins, and no other file does. */
const head =
  '{"info":{"description":"Finished annotations of the AI Data Platform","contributor":"pulumi-ai-data-platform"';

/** The lines that end each list. */
export const sections = [
  '],"annotations":[',
  '],"categories":[',
  '],"category_sets":[',
  "]}",
] as const;

/** One work item with its results. */
export interface Result {
  item: FinishedItem;
  coco: ItemCoco;
}

/** What a merged file has. */
export interface Merged {
  imageCount: number;
  annotationCount: number;
  /** The names of the categories, in the order of the file. */
  categories: string[];
  /** The categories with their ids, which they keep when the file is written again. */
  numbering: Category[];
}

/** What is known about a merged file before any result is read. */
interface About {
  /** The categories that have an id: those that are declared, and those of the earlier file. */
  declared?: readonly DeclaredCategory[] | undefined;
  earlier?: readonly Category[] | undefined;
  /** Where the batch comes from. */
  provenance?: Provenance | undefined;
}

/**
 * Writes results as one COCO file, in the order in which they come. Images and annotations are numbered afresh;
 * categories get their ids from `CategoryNumbers`. It holds one result at a time, and the categories.
 */
export async function writeMerged(
  path: string,
  results: AsyncIterable<Result>,
  { declared, earlier, provenance }: About = {},
): Promise<Merged> {
  const problem = await foreignFileProblem(path);
  if (problem !== undefined) {
    throw new Refusal(`path ${problem}`);
  }
  await removeLeftovers(dirname(path));
  return writeAtomically(path, async (file) => {
    // Annotations come after all images: until then they are in a file of their own.
    const aside = await AtomicFile.open(path);
    try {
      const more = provenance === undefined ? "" : `,"provenance":${JSON.stringify(provenance)}`;
      await file.write(`${head}${more}},"images":[`);
      const writer = new Writer(file, aside, new CategoryNumbers(declared, earlier));
      for await (const { item, coco } of results) {
        await writer.add(item, coco);
      }
      return await writer.end();
    } finally {
      await aside.discard();
    }
  });
}

/** Why a file must not be overwritten; undefined if it may be, because it does not exist or was written here. */
export async function foreignFileProblem(path: string): Promise<string | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) {
    const isThere = file.code !== "ENOENT";
    return isThere ? `must be a file that can be read, got ${path} (${file.code})` : undefined;
  }
  try {
    if (!(await file.stat()).isFile()) {
      return `must be a file, got ${path}, which is none`;
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(head.length), 0, head.length, 0);
    return bytesRead === head.length && buffer.toString() === head
      ? undefined
      : `must not be a file that was not written by an export, got ${path}: choose another path, or move that file away`;
  } finally {
    await file.close();
  }
}

class Writer {
  readonly #file: AtomicFile;
  readonly #aside: AtomicFile;
  readonly #numbers: CategoryNumbers;
  /** The lists of categories that files had, each as text. */
  readonly #sets = new Map<string, number>();
  readonly #merged = { imageCount: 0, annotationCount: 0 };

  constructor(file: AtomicFile, aside: AtomicFile, numbers: CategoryNumbers) {
    this.#file = file;
    this.#aside = aside;
    this.#numbers = numbers;
  }

  async add(item: FinishedItem, { images, annotations, categories }: ItemCoco): Promise<void> {
    const merged = this.#merged;
    const categoryIds = new Map(
      categories.map((each) => [String(each.id), this.#numbers.of(categoryOf(each)).id]),
    );
    const set = this.#setOf(categoryIds.values());
    const imageIds = new Map<string, number>();
    for (const { id, file_name, license: _, ...others } of images) {
      const image = {
        id: merged.imageCount + 1,
        // The pictures of a sequence have names of their own.
        file_name: images.length === 1 ? item.name : file_name,
        ...others,
        asset: item.asset,
        work_item_id: item.id,
        key: item.key,
        updated_at: item.updatedAt,
        category_set: set,
      };
      imageIds.set(String(id), image.id);
      await this.#file.write(line(image, merged.imageCount));
      merged.imageCount += 1;
    }
    for (const { id: _, image_id, category_id, ...others } of annotations) {
      const annotation = {
        id: merged.annotationCount + 1,
        image_id: imageIds.get(String(image_id)),
        category_id: category_id == null ? category_id : categoryIds.get(String(category_id)),
        ...others,
      };
      await this.#aside.write(line(annotation, merged.annotationCount));
      merged.annotationCount += 1;
    }
  }

  /** Writes the rest of the file. */
  async end(): Promise<Merged> {
    const file = this.#file;
    const [annotations, categories, sets, last] = sections;
    await file.write(`\n${annotations}`);
    for await (const piece of this.#aside.pieces()) {
      await file.writeBytes(piece);
    }
    await file.write(`\n${categories}`);
    const { all } = this.#numbers;
    for (const [index, { supercategory = "", ...category }] of all.entries()) {
      await file.write(line({ ...category, supercategory }, index));
    }
    await file.write(`\n${sets}`);
    for (const [text, index] of this.#sets) {
      await file.write(line(JSON.parse(text), index));
    }
    await file.write(`\n${last}\n`);
    return { ...this.#merged, categories: all.map(({ name }) => name), numbering: [...all] };
  }

  #setOf(ids: Iterable<Category["id"]>): number {
    const text = JSON.stringify([...new Set(ids)]);
    const set = this.#sets.get(text) ?? this.#sets.size;
    this.#sets.set(text, set);
    return set;
  }
}

function categoryOf({ supercategory, ...others }: ItemCoco["categories"][number]): Category {
  return { ...others, ...(typeof supercategory === "string" && { supercategory }) };
}

function line(value: object, index: number): string {
  return `${index === 0 ? "\n" : ",\n"}${JSON.stringify(value)}`;
}
