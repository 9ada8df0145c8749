import { type FileHandle, open } from "node:fs/promises";
import { readFingerprint } from "../disk/local-file.ts";
import { readPieces } from "../disk/pieces.ts";
import type { Category } from "../manifests/categories.ts";
import type { FinishedItem } from "./finished.ts";
import type { ItemCoco } from "./item-coco.ts";
import { sections } from "./merged-file.ts";
import type { Known } from "./results.ts";

/** Where lines are in a file. */
interface Span {
  at: number;
  length: number;
}

interface Entry {
  updatedAt: string | undefined;
  categorySet: number;
  images: Span;
  annotations: Span;
}

interface Image {
  id: number;
  work_item_id: string;
  updated_at?: string;
  category_set: number;
}

/**
 * A merged file as it was last written: the results of work items that have not changed since need not be fetched
 * again. It remembers where each item's lines are, and reads them when they are asked for.
 */
export class EarlierFile implements Known {
  readonly #handle: FileHandle;
  readonly #entries = new Map<string, Entry>();
  readonly #itemOf = new Map<number, Entry>();
  readonly categories: Category[] = [];
  readonly #byId = new Map<Category["id"], Category>();
  readonly #sets: Category["id"][][] = [];

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Returns undefined if the file is not the one with this hash: it was deleted, or edited. */
  static async open(path: string, sha256: string): Promise<EarlierFile | undefined> {
    const found = await readFingerprint(path).catch(() => undefined);
    if (found?.sha256 !== sha256) {
      return undefined;
    }
    const file = new EarlierFile(await open(path));
    await file.#index(path);
    return file;
  }

  /** The categories of a file, whether or not it was edited; none if it cannot be read. */
  static async categoriesOf(path: string): Promise<readonly Category[]> {
    try {
      const file = new EarlierFile(await open(path));
      await file.#index(path).finally(() => file.close());
      return file.categories;
    } catch {
      return [];
    }
  }

  async has({ id, updatedAt }: FinishedItem): Promise<boolean> {
    return updatedAt !== undefined && this.#entries.get(id)?.updatedAt === updatedAt;
  }

  async get({ id }: FinishedItem): Promise<ItemCoco> {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new Error(`work item ${id} is not in the earlier file`);
    }
    return {
      images: await this.#read(entry.images),
      annotations: await this.#read(entry.annotations),
      categories: (this.#sets[entry.categorySet] ?? []).flatMap((id) => {
        const category = this.#byId.get(id);
        return category === undefined ? [] : [{ ...category }];
      }),
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #index(path: string): Promise<void> {
    let section = -1;
    for await (const { text, at, length } of linesOf(path)) {
      const next = sections.indexOf(text as (typeof sections)[number]);
      if (at === 0 || next >= 0) {
        section = next;
      } else if (section < 0) {
        this.#addImage(JSON.parse(withoutComma(text)) as Image, at, length);
      } else if (section === 0) {
        this.#addAnnotation(text, at, length);
      } else if (section === 1) {
        const category = JSON.parse(withoutComma(text)) as Category;
        this.categories.push(category);
        this.#byId.set(category.id, category);
      } else if (section === 2) {
        this.#sets.push(JSON.parse(withoutComma(text)));
      }
    }
    this.#itemOf.clear();
  }

  #addImage(image: Image, at: number, length: number): void {
    const entry = this.#entries.get(image.work_item_id) ?? {
      updatedAt: image.updated_at,
      categorySet: image.category_set,
      images: { at, length: 0 },
      annotations: { at: 0, length: 0 },
    };
    entry.images.length = at + length - entry.images.at;
    this.#entries.set(image.work_item_id, entry);
    this.#itemOf.set(image.id, entry);
  }

  #addAnnotation(text: string, at: number, length: number): void {
    const [, imageId] = /^\{"id":\d+,"image_id":(\d+)/.exec(text) ?? [];
    const span = this.#itemOf.get(Number(imageId))?.annotations;
    if (span !== undefined) {
      span.at = span.length === 0 ? at : span.at;
      span.length = at + length - span.at;
    }
  }

  async #read<T>({ at, length }: Span): Promise<T[]> {
    const { buffer } = await this.#handle.read(Buffer.alloc(length), 0, length, at);
    return JSON.parse(`[${withoutComma(buffer.toString().trimEnd())}]`) as T[];
  }
}

function withoutComma(text: string): string {
  return text.endsWith(",") ? text.slice(0, -1) : text;
}

/** The lines of a file, with the positions of their bytes. */
async function* linesOf(path: string): AsyncGenerator<{ text: string } & Span> {
  let begun: Buffer[] = [];
  let at = 0;
  for await (const piece of readPieces(path)) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = Buffer.concat([...begun, bytes.subarray(start, end)]);
      begun = [];
      yield { text: line.toString(), at, length: line.length };
      at += line.length + 1;
      start = end + 1;
    }
    begun.push(Buffer.from(bytes.subarray(start)));
  }
}
