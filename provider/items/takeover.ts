import type { Client } from "../api/client.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { isEqual } from "../lifecycle/diff.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { partsOfUrn, stackText } from "../lifecycle/urns.ts";
import { liveItems, metadataKey, nameOf, type Place } from "./adoption.ts";
import { type AsFound, asFound } from "./as-found.ts";
import { claim, isFree } from "./claims.ts";
import { type Item, isDeclared } from "./item.ts";
import { answerOf, rememberedFor } from "./remembered.ts";
import { hasBegun } from "./work-in-progress.ts";

// With `adopt`, a declaration takes over what exists: first the item that carries its key, then one without
// any key, made by hand or by a script, that shows the same asset. An item that carries another
// declaration's key is never taken.

/** Which declared items exist already. */
export interface Takeover {
  /** By the key of the declaration. */
  adopted: Map<string, Adopted>;
  /** Why an item is neither adopted nor made, by the key of the declaration. */
  refused: Map<string, string>;
  /** Work items beside an adopted one that show the same asset, and are left as they are. */
  alike: { key: string; ids: string[] }[];
  /** Beside a set: how many live work items of the batch carry no key and are not adopted. */
  others: number;
}

interface Adopted {
  item: WorkItemWire;
  /** Where it differs from its declaration, and stays as it is. */
  found: AsFound;
}

type Declaration = readonly [key: string, item: Item];

/** The live work items of a place. */
interface Standing {
  byKey: Map<string, WorkItemWire[]>;
  byAsset: Map<string, WorkItemWire[]>;
}

/** What is to be declared in a place, and under which keys. */
export interface Wanted {
  place: Place;
  items: ReadonlyMap<string, Item>;
  /** The key in the metadata of the item that is declared under a key. */
  keyOf(key: string): string;
  /** Whether this is a set's, which has most of a batch: then what is left over is worth telling. */
  isSet: boolean;
  /** The ids that the declaration has already. */
  known?: ReadonlySet<string>;
}

const listed = new WeakMap<Client, Map<string, Promise<Standing>>>();

/** The live work items of a place, listed once per process. */
export function standingOf(client: Client, place: Place): Promise<Standing> {
  const lists = rememberedFor(listed, client);
  return answerOf(lists, nameOf(place), () => listStanding(client, place));
}

/** Finds what exists of what is declared, and claims it. */
export async function takeOver(platform: Platform, wanted: Wanted): Promise<Takeover> {
  const { client, owner = "" } = platform;
  const { place, items, keyOf, isSet, known = new Set() } = wanted;
  const standing = await standingOf(client, place);
  const takeover: Takeover = { adopted: new Map(), refused: new Map(), alike: [], others: 0 };
  const taken = new Set(known);
  const free = (all: readonly WorkItemWire[] = []): WorkItemWire[] =>
    all.filter(({ id }) => !taken.has(id) && isFree(platform, id));
  const adopt = (key: string, declared: Item, item: WorkItemWire): void => {
    taken.add(item.id);
    claim(platform, item.id);
    takeover.adopted.set(key, { item, found: asFound(item, declared) });
  };

  const byAsset = new Map<string, Declaration[]>();
  for (const [key, declared] of items) {
    const ours = free(standing.byKey.get(keyOf(key)));
    const item =
      ours.find((each) => isDeclared(each, declared)) ??
      ours.find(({ status }) => hasBegun(status)) ??
      ours[0];
    if (item !== undefined) {
      adopt(key, declared, item);
    } else if (declared.assetUrl !== "") {
      addTo(byAsset, declared.assetUrl, [key, declared]);
    }
  }
  for (const [asset, declarations] of byAsset) {
    const all = standing.byAsset.get(asset) ?? [];
    const { pairs, left } = paired(declarations, free(all).filter(isKeyless));
    const foreign = all.find((item) => isForeign(keyIn(item), owner));
    for (const [key, declared] of declarations) {
      const item = pairs.get(key);
      if (item !== undefined) {
        adopt(key, declared, item);
      } else if (foreign !== undefined) {
        takeover.refused.set(key, ownedText(foreign));
      }
    }
    const [key] = pairs.keys();
    if (left.length > 0 && key !== undefined) {
      takeover.alike.push({ key, ids: left.map(({ id }) => id) });
    }
  }
  for (const all of isSet ? standing.byAsset.values() : []) {
    takeover.others += free(all).filter(isKeyless).length;
  }
  return takeover;
}

/** How well an item fits a declaration, the best first. */
const fits: ((item: WorkItemWire, declared: Item) => boolean)[] = [
  (item, declared) => isDeclared(item, declared) && isEqual(item.labels, declared.labels),
  (item, declared) => hasItsFields(item, declared) && hasItsLabels(item, declared),
  hasItsFields,
  () => true,
];

function hasItsFields(item: WorkItemWire, declared: Item): boolean {
  return Object.keys(asFound(item, declared)).length === 0;
}

/** Whether an item has the labels that are declared, if any are. */
export function hasItsLabels({ labels }: WorkItemWire, declared: Item): boolean {
  return declared.labels === undefined || isEqual(labels, declared.labels);
}

/** Gives each declaration of an asset one of its items: the one that fits best, else the oldest. */
function paired(
  declared: readonly Declaration[],
  items: readonly WorkItemWire[],
): { pairs: Map<string, WorkItemWire>; left: WorkItemWire[] } {
  const pairs = new Map<string, WorkItemWire>();
  let left = items.toSorted((one, other) =>
    (one.createdAt ?? "").localeCompare(other.createdAt ?? ""),
  );
  for (const isFit of fits) {
    for (const [key, item] of declared) {
      const found = pairs.has(key) ? undefined : left.find((each) => isFit(each, item));
      if (found !== undefined) {
        pairs.set(key, found);
        left = left.filter((each) => each !== found);
      }
    }
  }
  return { pairs, left };
}

async function listStanding(client: Client, place: Place): Promise<Standing> {
  const standing: Standing = { byKey: new Map(), byAsset: new Map() };
  for await (const item of liveItems(client, place)) {
    const key = keyIn(item);
    if (key !== undefined) {
      addTo(standing.byKey, key, item);
    }
    addTo(standing.byAsset, item.assetUrl ?? "", item);
  }
  return standing;
}

function addTo<T>(map: Map<string, T[]>, name: string, value: T): void {
  const all = map.get(name) ?? [];
  all.push(value);
  map.set(name, all);
}

function isKeyless(item: WorkItemWire): boolean {
  return keyIn(item) === undefined;
}

function keyIn({ metadata }: WorkItemWire): string | undefined {
  const key = metadata?.[metadataKey];
  return typeof key === "string" ? key : undefined;
}

function isForeign(key: string | undefined, owner: string): boolean {
  return key !== undefined && key !== owner && !key.startsWith(`${owner}#`);
}

/** Why an item of another declaration is not adopted. */
function ownedText(item: WorkItemWire): string {
  return (
    `work item ${item.id} (${item.status}) shows the same asset, and ${ownerText(keyIn(item) ?? "")} made it: it is not adopted, and no second one is made. ` +
    "Leave it to that declaration, give it an alias if it was renamed, or set adopt: false to have a second one"
  );
}

/** A declaration as people know it: `WorkItemSet "signs" of stack dev of project labeling`. */
function ownerText(key: string): string {
  const [urn = ""] = key.split("#");
  const { kinds, name } = partsOfUrn(urn);
  return `${kinds.at(-1)} "${name}" of ${stackText(urn)}`;
}
