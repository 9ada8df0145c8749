import pMap, { pMapIterable } from "p-map";
import { type StoredAt, storedAt } from "../api/annotations.ts";
import type { Client } from "../api/client.ts";
import { CancelledError, NotFoundError, PermissionDeniedError, unlessGone } from "../api/errors.ts";
import { readFile } from "../api/files.ts";
import { splitIntoGroups } from "../api/groups.ts";
import { pathsPerRequest } from "../api/signed-urls.ts";
import { Failures } from "../lifecycle/failures.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { count } from "../text/lines.ts";
import { type FinishedItem, showItem } from "./finished.ts";
import { type ItemCoco, parseCoco } from "./item-coco.ts";
import type { Result } from "./merged-file.ts";

/** Results that need not be fetched. */
export interface Known {
  /** Whether the item's results are known as they are now. */
  has(item: FinishedItem): Promise<boolean>;
  get(item: FinishedItem): Promise<ItemCoco>;
}

/** How results are fetched. */
export interface FetchOptions {
  client: Client;
  projectId: string;
  known?: Known | undefined;
  /** Keeps what was fetched. */
  keep?(result: Result): Promise<void>;
  /** Called once for each item that is done. */
  progress?(): void;
}

/** Results of finished work items, in the order of the items, each fetched unless it is known. */
export class Results implements AsyncIterable<Result> {
  /** How many were fetched. */
  fetched = 0;
  /** Finished items that have no annotation. */
  readonly without: FinishedItem[] = [];
  readonly #items: readonly FinishedItem[];
  readonly #options: FetchOptions;
  readonly #failures = new Failures();

  constructor(items: readonly FinishedItem[], options: FetchOptions) {
    this.#items = items;
    this.#options = options;
  }

  /** After all other results, throws a refusal that lists what could not be fetched. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Result> {
    // Fetch in groups, because a request gives many signed URLs, which do not live long.
    for (const group of splitIntoGroups(this.#items, pathsPerRequest)) {
      yield* this.#group(group);
    }
    if (this.#failures.size > 0) {
      throw new Refusal(
        `the results of ${count(this.#failures.size)} of ${count(this.#items.length)} finished work items were not fetched: ${this.#failures.lines().join("; ")}`,
      );
    }
  }

  async *#group(items: readonly FinishedItem[]): AsyncGenerator<Result> {
    const { client, known, progress } = this.#options;
    const { concurrency } = client;
    const locations = new Map<FinishedItem, StoredAt>();
    const isKnown = new Set<FinishedItem>();
    await pMap(
      items,
      (item) =>
        this.#attempt(item, async () => {
          if (await known?.has(item)) {
            isKnown.add(item);
            return;
          }
          const location = await this.#locate(item);
          if (location !== undefined) {
            locations.set(item, location);
          }
        }),
      { concurrency },
    );
    const urls = await this.#urls([...locations.values()]);
    const load = (item: FinishedItem): Promise<Result | undefined> =>
      this.#attempt(item, async () => {
        if (isKnown.has(item)) {
          return known && { item, coco: await known.get(item) };
        }
        const location = locations.get(item);
        if (location === undefined) {
          return undefined;
        }
        const coco = parseCoco(await this.#download(location, urls));
        await this.#options.keep?.({ item, coco });
        this.fetched += 1;
        return { item, coco };
      });
    for await (const result of pMapIterable(items, load, { concurrency })) {
      progress?.();
      if (result !== undefined) {
        yield result;
      }
    }
  }

  /** Works on one item. Its failure stops no other item unless all would share it. */
  async #attempt<T>(item: FinishedItem, work: () => Promise<T>): Promise<T | undefined> {
    try {
      this.#failures.throwIfStopped();
      return await work();
    } catch (error) {
      this.#failures.add(showItem(item), error);
      return undefined;
    }
  }

  /** `getAnnotation`: where the item's results are; undefined if it has none. */
  async #locate(item: FinishedItem): Promise<StoredAt | undefined> {
    const { client, projectId } = this.#options;
    const annotation = await client.annotations.get(projectId, item.id).catch(unlessGone);
    const url = annotation?.metadata?.coco_results_url;
    if (url === undefined || url === null) {
      this.without.push(item);
      return undefined;
    }
    const location = storedAt(url);
    if (location === undefined) {
      throw new Refusal(
        "its annotation's coco_results_url must be s3://<bucket>/spaces/<space>/<path>",
      );
    }
    return location;
  }

  /** `createReadUrls`: URLs of the stored files, 1,000 a request. */
  async #urls(locations: readonly StoredAt[]): Promise<Map<string, string>> {
    const urls = new Map<string, string>();
    const bySpace = Map.groupBy(locations, ({ spaceId }) => spaceId);
    for (const [spaceId, group] of bySpace) {
      const paths = [...new Set(group.map(({ path }) => path))];
      for (const { path, signedUrl } of await this.#options.client.signedUrls.forReading(
        spaceId,
        paths,
      )) {
        urls.set(`${spaceId}/${path}`, signedUrl);
      }
    }
    return urls;
  }

  async #download(location: StoredAt, urls: ReadonlyMap<string, string>): Promise<string> {
    const { client } = this.#options;
    if (client.signal?.aborted) {
      throw new CancelledError({ method: "GET", path: "from a signed URL" });
    }
    const get = (all: ReadonlyMap<string, string>): Promise<string> => {
      const url = all.get(`${location.spaceId}/${location.path}`);
      if (url === undefined) {
        throw new Refusal("the service gave no URL for its annotation file");
      }
      return readFile(url, client.standstillMs);
    };
    try {
      return await get(urls).catch(async (error) => {
        // The URL may have expired while it waited for its turn.
        if (error instanceof PermissionDeniedError) {
          return get(await this.#urls([location]));
        }
        throw error;
      });
    } catch (error) {
      // A file that is gone or refused does not stop the others.
      throw error instanceof PermissionDeniedError || error instanceof NotFoundError
        ? new Refusal(error.message)
        : error;
    }
  }
}
