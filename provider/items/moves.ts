import type { Client } from "../api/client.ts";
import { pause } from "../api/look-again.ts";
import { differenceByField } from "../lifecycle/diff.ts";
import type { AsFound } from "./as-found.ts";
import { type Item, itemMutability } from "./item.ts";
import type { Place } from "./listing.ts";

// If one declaration of a stack no longer has a work item, and another one has it instead, the item moves: it keeps its
// id, and nobody is paid twice. The engine shows a provider one resource after another, so the provider notes each one
// as it is checked and compared, and an update that makes or ends items waits until no more are noted.

/** How long no further declaration must be noted before all of them count as noted. */
const quietMs = 250;
/** The longest wait for that, since a program may go on declaring things for a long time. */
const longestMs = 5_000;

/** A work item that its declaration no longer declares, with its fields. */
export interface Left {
  key: string;
  item: Item;
  asFound?: AsFound | undefined;
}

/** What a declaration says about its work items. */
export interface Holdings {
  place: Place;
  /** The ids of the items that it has and declares. */
  has: Iterable<string>;
  /** The items that it declares but does not have, by key. Called only if another declaration has left some. */
  wants(): ReadonlyMap<string, Item>;
  /** The items that it has but no longer declares, by id. */
  leaves: ReadonlyMap<string, Left>;
}

interface Offer extends Left {
  id: string;
  owner: string;
  place: Place;
}

interface Want {
  owner: string;
  key: string;
  item: Item;
  place: Place;
}

/** Work items that move from one declaration to another, by their new keys. */
interface Move {
  from: string;
  to: string;
  keys: string[];
}

/** Which work items move from one declaration to another, as far as this process has seen the program. */
export class Moves {
  readonly #declarations = new Map<string, Holdings>();
  /** What a declaration wants, built when it is first needed. */
  readonly #wanted = new Map<string, ReadonlyMap<string, Item>>();
  /** The declarations to which nothing else moves. */
  readonly #decided = new Set<string>();
  /** The declaration that has an item in the state and declares it, under its names of now and before, by the item's id. */
  readonly #holders = new Map<string, readonly (string | undefined)[]>();
  /** The items that move nowhere so far, by id. */
  readonly #open = new Map<string, Offer>();
  /** The items that move, by the declaration that they move to and their key there. */
  readonly #moving = new Map<string, Map<string, Offer>>();
  /** The same, by id. */
  readonly #leaving = new Map<string, Offer>();
  #notedAt = Number.NEGATIVE_INFINITY;
  /** When the checks that are in progress began. */
  readonly #checks = new Set<{ began: number }>();

  /** Says that a declaration is being checked, which may take long; the function that it returns says that this is over. */
  beginCheck(): () => void {
    const check = { began: performance.now() };
    this.#checks.add(check);
    return () => {
      this.#checks.delete(check);
      this.#notedAt = performance.now();
    };
  }

  /** Records what a declaration says, and returns which items are now known to move. */
  record(owner: string, holdings: Holdings, formerOwner?: string): Move[] {
    this.#notedAt = performance.now();
    this.#declarations.set(owner, holdings);
    this.#wanted.delete(owner);
    this.#decided.delete(owner);
    const names = [owner, formerOwner];
    for (const id of holdings.has) {
      if (!this.#holders.has(id)) {
        this.#holders.set(id, names);
      }
      this.#open.delete(id);
    }
    // A refresh compares as well, and the program compares again after it.
    this.#withdraw(owner);
    const own: Offer[] = [];
    for (const [id, left] of holdings.leaves) {
      if (!this.#leaving.has(id) && !this.isHeldByOther(id, owner)) {
        own.push({ ...left, id, owner, place: holdings.place });
      }
    }
    const others = [...this.#open.values()];
    for (const offer of own) {
      this.#open.set(offer.id, offer);
    }
    const found = [
      ...this.#pair(own, [...this.#declarations.keys()]),
      ...this.#pair(others, [owner]),
    ];
    const byOwners = Map.groupBy(found, ({ from, to }) => JSON.stringify([from, to]));
    return [...byOwners.values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [{ ...first, keys: [first, ...rest].flatMap(({ keys }) => keys) }],
    );
  }

  /** Waits until the program has declared everything, as far as this process can tell. */
  async settled(client: Client): Promise<void> {
    const last = performance.now() + longestMs;
    let end = last;
    while (!client.signal?.aborted) {
      const now = performance.now();
      const isChecking = [...this.#checks].some(({ began }) => began < last);
      if (isChecking) {
        // What a check found is noted shortly after it.
        end = Math.max(end, now + 2 * quietMs);
      }
      const left = isChecking ? quietMs : Math.min(this.#notedAt + quietMs, end) - now;
      if (left <= 0) {
        return;
      }
      await pause(client, left);
    }
  }

  /** The items that move to a declaration, by its keys. Items noted later move neither to it nor away from it. */
  decide(owner: string): ReadonlyMap<string, Offer> {
    this.#decided.add(owner);
    this.#withdraw(owner);
    return this.#moving.get(owner) ?? new Map();
  }

  /** An item that moves away from its declaration, as that declaration had it. */
  leaving(id: string): Item | undefined {
    return this.#leaving.get(id)?.item;
  }

  /** Whether another declaration has an item in the state, and declares it. */
  isHeldByOther(id: string, owner: string | undefined): boolean {
    const holder = this.#holders.get(id);
    return holder !== undefined && !holder.includes(owner);
  }

  /** Whether a declaration was seen in this run of the program. */
  isDeclared(owner: string): boolean {
    return this.#declarations.has(owner);
  }

  /** What a declaration wants under a key: it declares that, and does not have it in the state. */
  wanted(owner: string, key: string): Item | undefined {
    const items = this.#wanted.get(owner) ?? this.#declarations.get(owner)?.wants() ?? new Map();
    this.#wanted.set(owner, items);
    return items.get(key);
  }

  /** Withdraws the open offers of a declaration. */
  #withdraw(owner: string): void {
    for (const [id, offer] of this.#open) {
      if (offer.owner === owner) {
        this.#open.delete(id);
      }
    }
  }

  /** Gives each offered item to one declaration that wants exactly it, preferably under the same key. */
  #pair(offers: readonly Offer[], owners: readonly string[]): Move[] {
    if (offers.length === 0) {
      return [];
    }
    const wants = this.#wantsOf(owners);
    return offers.flatMap((offer) => {
      const fit = (wants.get(placeAndAsset(offer.place, offer.item)) ?? [])
        .filter(
          ({ owner, key, item }) =>
            owner !== offer.owner &&
            this.#moving.get(owner)?.has(key) !== true &&
            isSame(offer.item, item),
        )
        .sort((one, other) => Number(other.key === offer.key) - Number(one.key === offer.key))[0];
      if (fit === undefined) {
        return [];
      }
      const moving = this.#moving.get(fit.owner) ?? new Map<string, Offer>();
      this.#moving.set(fit.owner, moving.set(fit.key, offer));
      this.#leaving.set(offer.id, offer);
      this.#open.delete(offer.id);
      return [{ from: offer.owner, to: fit.owner, keys: [fit.key] }];
    });
  }

  /** What declarations want, by place and asset. */
  #wantsOf(owners: readonly string[]): Map<string, Want[]> {
    const all = owners.flatMap((owner): Want[] => {
      const holdings = this.#declarations.get(owner);
      return holdings === undefined || this.#decided.has(owner)
        ? []
        : [...holdings.wants()].map(([key, item]) => ({ owner, key, item, place: holdings.place }));
    });
    return Map.groupBy(all, ({ place, item }) => placeAndAsset(place, item));
  }
}

function placeAndAsset({ projectId, batchId }: Place, { assetUrl }: Item): string {
  return JSON.stringify([projectId, batchId, assetUrl]);
}

/** Whether two declared items ask for the same item, apart from its labels, which can be set. */
function isSame(one: Item, other: Item): boolean {
  return differenceByField<Item>(itemMutability, one, other).replaces.length === 0;
}
