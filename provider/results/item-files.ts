import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { removeLeftovers, writeAtomically } from "../disk/atomic-file.ts";
import type { FinishedItem } from "./finished.ts";
import { type ItemCoco, parseCoco } from "./item-coco.ts";
import type { Result } from "./merged-file.ts";
import type { Known } from "./results.ts";

/**
 * A folder with a COCO file for each work item, named by its id. An existing file is not fetched again unless its item
 * has changed since, so interrupted work goes on where it stopped.
 */
export class ItemFiles implements Known {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<ItemFiles> {
    await removeLeftovers(folder);
    return new ItemFiles(folder);
  }

  /** Also false for a damaged file. */
  async has(item: FinishedItem): Promise<boolean> {
    try {
      const { info } = await this.get(item);
      return (
        typeof info === "object" &&
        info !== null &&
        "updated_at" in info &&
        info.updated_at === item.updatedAt &&
        item.updatedAt !== undefined
      );
    } catch {
      return false;
    }
  }

  async get(item: FinishedItem): Promise<ItemCoco> {
    return parseCoco(await readFile(this.#path(item), "utf8"));
  }

  /** Writes what was fetched, and says in its `info` which item it belongs to. */
  async keep({ item, coco }: Result): Promise<void> {
    const { info, images, ...others } = coco;
    const own = {
      ...(typeof info === "object" && info),
      work_item_id: item.id,
      key: item.key,
      asset: item.asset,
      updated_at: item.updatedAt,
    };
    const [image] = images;
    const named = images.length === 1 ? [{ ...image, file_name: item.name }] : images;
    const text = JSON.stringify({ info: own, images: named, ...others });
    // A file that a power failure damages is fetched again.
    await writeAtomically(this.#path(item), (file) => file.write(text), { lasting: false });
  }

  #path({ id }: FinishedItem): string {
    return join(this.#folder, `${encodeURIComponent(id)}.json`);
  }
}
