import type { WorkItemWire } from "../api/work-items.ts";
import { type AsFound, stillFound } from "../items/as-found.ts";
import { fileOf, type ItemTexts, itemAt, type SetItem, textFor } from "../items/set-item.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { digest, toJsonText } from "../text/json.ts";
import type { SetInputs, SetState } from "./state.ts";

/** What a set's state says about its items, while an update changes it. */
export class Draft {
  // These are maps because adding keys one by one to a large object is slow.
  readonly ids: Map<string, string>;
  /** What moved to another declaration, by id. */
  readonly moved: Map<string, string>;
  readonly #olds: SetState;
  readonly #items: Map<string, string>;
  readonly #paths: Map<string, string>;
  readonly #statusOf: Map<string, string>;
  readonly #asFound: Map<string, AsFound>;
  #newestAt: string | undefined;

  constructor(olds: SetState) {
    this.#olds = olds;
    this.ids = new Map(Object.entries(olds.ids));
    this.moved = new Map(Object.entries(olds.moved ?? {}));
    this.#items = new Map(Object.entries(olds.items));
    this.#paths = new Map(Object.entries(olds.paths ?? {}));
    this.#statusOf = new Map(Object.entries(olds.statusOf ?? {}));
    this.#asFound = new Map(Object.entries(olds.asFound ?? {}));
    this.#newestAt = olds.newestAt;
  }

  /** Adds an item that now exists. `asFound` says in what it differs from its declaration, and will stay different. */
  keep(key: string, text: string, path: string, item: WorkItemWire, asFound: AsFound): void {
    const { createdAt } = item;
    if (createdAt != null && createdAt > (this.#newestAt ?? "")) {
      this.#newestAt = createdAt;
    }
    this.#items.set(key, text);
    this.ids.set(key, item.id);
    if (fileOf(text) !== undefined) {
      this.#paths.set(key, path);
    }
    if (item.status !== "NEW") {
      this.#statusOf.set(key, item.status);
    }
    if (Object.keys(asFound).length > 0) {
      this.#asFound.set(key, asFound);
    }
  }

  /** Drops the differences found in an item that no longer matter, as it is declared otherwise now. */
  settle(key: string, old: SetItem, next: SetItem): void {
    const left = stillFound(this.#asFound.get(key), old, next);
    if (left === undefined) {
      this.#asFound.delete(key);
    } else {
      this.#asFound.set(key, left);
    }
  }

  forget(key: string): void {
    for (const map of [this.#items, this.ids, this.#paths, this.#statusOf, this.#asFound]) {
      map.delete(key);
    }
  }

  /**
   * What the state says about the items: they are as declared now, except for those that failed, which are as they were.
   */
  parts(
    news: SetInputs,
    hasFailed: (key: string) => boolean,
  ): Pick<SetState, "items" | "ids" | "paths" | "statusOf" | "statuses"> &
    Partial<Pick<SetState, "asFound" | "moved" | "newestAt">> {
    const items = [...this.#items].map(([key, text]) => {
      const declared = hasFailed(key) ? undefined : valueAt(news.items, key);
      return [key, declared ?? this.#restated(key, text, news)] as const;
    });
    const isAsDeclared =
      items.length === Object.keys(news.items).length &&
      items.every(([key, text]) => valueAt(news.items, key) === text);
    return {
      // Of these, the adapter has the digest already.
      items: isAsDeclared ? news.items : Object.fromEntries(items),
      ids: Object.fromEntries(this.ids),
      paths: Object.fromEntries(this.#paths),
      statusOf: Object.fromEntries(this.#statusOf),
      statuses: {},
      ...(this.#asFound.size > 0 && { asFound: Object.fromEntries(this.#asFound) }),
      ...(this.moved.size > 0 && { moved: Object.fromEntries(this.moved) }),
      ...(this.#newestAt !== undefined && { newestAt: this.#newestAt }),
    };
  }

  /** The text of an item that is as it was, though the defaults may not be. */
  #restated(key: string, text: string, news: SetInputs): string {
    const isSame =
      this.#olds.defaults === news.defaults || valueAt(this.#olds.items, key) === undefined;
    return isSame ? text : textFor(itemAt(this.#olds, key), news.defaults);
  }

  /** Digests of the items that differ from those of the last complete update, by key. */
  changed(now: { items: ItemTexts; defaults?: string | undefined }): Record<string, string> {
    const known = Object.entries(this.#olds.changed ?? {}).filter(([key]) => this.#items.has(key));
    const textOf = (set: typeof now, key: string) => toJsonText(itemAt(set, key));
    const since = Object.keys(now.items).flatMap((key) => {
      const text = textOf(now, key);
      const isNew = valueAt(this.#olds.items, key) === undefined;
      return isNew || textOf(this.#olds, key) !== text ? [[key, digest(text)] as const] : [];
    });
    return Object.fromEntries([...known, ...since]);
  }
}
