import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { removeLeftovers, writeAtomically } from "../disk/atomic-file.ts";
import { type ItemCoco, parseCoco } from "./coco.ts";
import type { FinishedItem } from "./finished.ts";
import type { Result } from "./merged-file.ts";
import type { Known } from "./results.ts";

/**
 * A folder with a COCO file for each work item, named by its id. What is there is not fetched again while
 * the item did not change since, so work that was interrupted goes on.
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

  /** False for a file that is damaged as well. */
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

  /** Writes what was fetched, with what it is of in its `info`. */
  async keep({ item, coco }: Result): Promise<void> {
    const { info, ...others } = coco;
    const own = {
      ...(typeof info === "object" && info),
      work_item_id: item.id,
      key: item.key,
      asset: item.asset,
      updated_at: item.updatedAt,
    };
    const text = JSON.stringify({ info: own, ...others });
    // What a power failure damages is fetched again.
    await writeAtomically(this.#path(item), (file) => file.write(text), { lasting: false });
  }

  #path({ id }: FinishedItem): string {
    return join(this.#folder, `${encodeURIComponent(id)}.json`);
  }
}
