import type { WorkItemWire } from "../api/work-items.ts";
import { isEqual } from "../lifecycle/diff.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { areSameLabels } from "./answered.ts";
import { findFree, findMoving } from "./arrivals.ts";
import { type AsFound, differencesOf } from "./as-found.ts";
import { claimTaken, mayTake } from "./claims.ts";
import { type Item, isDeclared } from "./item.ts";
import { listLiveOnce, type Place } from "./listing.ts";
import { declarationText, isMarkOf, type Mark, readMark } from "./mark.ts";
import { hasBegun } from "./work-in-progress.ts";

// With `adopt`, a declaration adopts existing items: first the item that carries its mark, then an unmarked one, made
// by hand or by a script, that shows the same asset. It never adopts an item that carries another declaration's mark.

/** Which declared items already exist. */
export interface Adoption {
  /** By the key of the declaration. */
  adopted: Map<string, Adopted>;
  /** Why an item is neither adopted nor made, by the key of the declaration. */
  refused: Map<string, string>;
  /** The items that another declaration made, and that move here, by the key of the declaration. */
  moving: Map<string, WorkItemWire>;
  /** Work items that show the same asset as an adopted one, and are left as they are. */
  alike: { key: string; ids: string[] }[];
  /** For a set: how many live work items of the batch carry no mark and are not adopted. */
  others: number;
}

interface Adopted {
  item: WorkItemWire;
  /** Where it differs from its declaration; these fields stay as they are. */
  asFound: AsFound;
}

type Declaration = readonly [key: string, item: Item];

/** What a program declares in a place, and under which marks. */
export interface Wanted {
  place: Place;
  items: ReadonlyMap<string, Item>;
  /** The mark of the item declared under a key. */
  markOf(key: string): Mark;
  /** Whether a set asks. A set usually has most of a batch, so the items that it does not adopt are worth a message. */
  isSet: boolean;
  /** The declarations whose work items move here, by name or URN. */
  movedFrom?: readonly string[] | undefined;
  /** The ids that the declaration already has. */
  known?: ReadonlySet<string>;
}

/** Finds the existing work items that fit the declarations, and claims them. */
export async function adoptItems(platform: Platform, wanted: Wanted): Promise<Adoption> {
  const { place, items, markOf, isSet, known = new Set() } = wanted;
  // At preview, it may be unknown.
  const movedFrom = [wanted.movedFrom ?? []].flat();
  const live = await listLiveOnce(platform, place);
  const adoption: Adoption = {
    adopted: new Map(),
    refused: new Map(),
    moving: new Map(),
    alike: [],
    others: 0,
  };
  const taken = new Set(known);
  const free = (all: readonly WorkItemWire[] = []): WorkItemWire[] =>
    all.filter(({ id }) => !taken.has(id) && mayTake(platform, id));
  const adopt = (key: string, declared: Item, item: WorkItemWire): void => {
    taken.add(item.id);
    claimTaken(platform, item.id);
    adoption.adopted.set(key, { item, asFound: differencesOf(item, declared) });
  };

  const byAsset = new Map<string, Declaration[]>();
  for (const [key, declared] of items) {
    const ours = free(live.find(markOf(key)));
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
    const all = live.ofAsset(asset);
    const { pairs, left } = paired(declarations, free(all).filter(isUnmarked));
    for (const [key, declared] of declarations) {
      const item = pairs.get(key);
      if (item !== undefined) {
        adopt(key, declared, item);
        continue;
      }
      const moving = findMoving(platform, free(findFree(platform, live, declared)), movedFrom);
      const foreign = all.find((each) => !taken.has(each.id) && isForeign(each, markOf("")));
      if (moving !== undefined) {
        taken.add(moving.id);
        adoption.moving.set(key, moving);
      } else if (foreign !== undefined) {
        adoption.refused.set(key, ownedText(foreign));
      }
    }
    const [key] = pairs.keys();
    if (left.length > 0 && key !== undefined) {
      adoption.alike.push({ key, ids: left.map(({ id }) => id) });
    }
  }
  adoption.others = isSet ? free(live.all).filter(isUnmarked).length : 0;
  return adoption;
}

/** Tests of how well an item fits a declaration, the strictest first. */
const fits: ((item: WorkItemWire, declared: Item) => boolean)[] = [
  (item, declared) => isDeclared(item, declared) && isEqual(item.labels, declared.labels),
  (item, declared) => hasItsFields(item, declared) && hasItsLabels(item, declared),
  hasItsFields,
  () => true,
];

function hasItsFields(item: WorkItemWire, declared: Item): boolean {
  return Object.keys(differencesOf(item, declared)).length === 0;
}

/** Whether an item has the declared labels; true if none are declared. */
export function hasItsLabels({ labels }: WorkItemWire, declared: Item): boolean {
  return declared.labels === undefined || areSameLabels(declared.labels, labels ?? []);
}

/** Gives each declaration of an asset one of the asset's items: the one that fits best, or the oldest if none does. */
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

function addTo<T>(map: Map<string, T[]>, name: string, value: T): void {
  const all = map.get(name) ?? [];
  all.push(value);
  map.set(name, all);
}

function isUnmarked(item: WorkItemWire): boolean {
  return readMark(item) === undefined;
}

/** Whether another declaration made an item. */
function isForeign(item: WorkItemWire, own: Mark): boolean {
  const mark = readMark(item);
  return mark !== undefined && !isMarkOf(mark, { ...own, key: mark.key });
}

/** Why an item of another declaration is not adopted. */
function ownedText(item: WorkItemWire): string {
  const maker = declarationText(readMark(item) ?? { owner: "" });
  return (
    `work item ${item.id} (${item.status}) shows the same asset, and ${maker} made it: it is not adopted, and no second one is made. ` +
    "Leave it to that declaration, give it an alias if it was renamed, or set adopt: false to have a second one"
  );
}
