import type { WorkItemWire } from "../api/work-items.ts";
import { type AsFound, stillFound } from "../items/as-found.ts";
import { parseItem } from "../items/set-item.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { digest } from "../text/json.ts";
import type { SetState } from "./state.ts";

/** What a set's state says about its items, while an update changes it. */
export class Draft {
  // These are maps because adding keys one by one to a large object is slow.
  readonly ids: Map<string, string>;
  /** What moved to another declaration, by id. */
  readonly moved: Map<string, string>;
  readonly #items: Map<string, string>;
  readonly #paths: Map<string, string>;
  readonly #statusOf: Map<string, string>;
  readonly #asFound: Map<string, AsFound>;
  #newestAt: string | undefined;

  constructor(olds: SetState) {
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
    if (parseItem(text).file !== undefined) {
      this.#paths.set(key, path);
    }
    if (item.status !== "NEW") {
      this.#statusOf.set(key, item.status);
    }
    if (Object.keys(asFound).length > 0) {
      this.#asFound.set(key, asFound);
    }
  }

  /** Sets the new text of an item, and drops the differences found in it that no longer matter. */
  settle(key: string, text: string): void {
    const old = parseItem(this.#items.get(key) ?? "{}");
    const left = stillFound(this.#asFound.get(key), old, parseItem(text));
    this.#items.set(key, text);
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

  /** What the state says about the items. */
  parts(): Pick<SetState, "items" | "ids" | "paths" | "statusOf" | "statuses"> &
    Partial<Pick<SetState, "asFound" | "moved" | "newestAt">> {
    return {
      items: Object.fromEntries(this.#items),
      ids: Object.fromEntries(this.ids),
      paths: Object.fromEntries(this.#paths),
      statusOf: Object.fromEntries(this.#statusOf),
      statuses: {},
      ...(this.#asFound.size > 0 && { asFound: Object.fromEntries(this.#asFound) }),
      ...(this.moved.size > 0 && { moved: Object.fromEntries(this.moved) }),
      ...(this.#newestAt !== undefined && { newestAt: this.#newestAt }),
    };
  }

  /** Digests of the texts that differ from those of the last complete update, by key. */
  changed({ items, changed }: SetState): Record<string, string> {
    const since = Object.entries(changed ?? {}).filter(([key]) => this.#items.has(key));
    const now = [...this.#items].filter(([key, text]) => valueAt(items, key) !== text);
    return Object.fromEntries([...since, ...now.map(([key, text]) => [key, digest(text)])]);
  }
}
