import type { AsFound } from "../items/as-found.ts";
import type { ItemTexts } from "../items/set-item.ts";
import type { OnWorkInProgress } from "../items/work-in-progress.ts";
import { valueAt } from "../lifecycle/plain.ts";
import type { FormatName } from "../manifests/formats.ts";

/** The inputs of a set, as check leaves them. */
export interface SetInputs {
  projectId: string;
  batchId?: string;
  items: ItemTexts;
  /** The defaults, as text: what an item's own text leaves out. */
  defaults?: string;
  /** The items already contain what it lists. It is kept for `ignoreChanges`. */
  manifest?: string;
  format?: FormatName;
  keep?: string[];
  uploads?: Record<string, string>;
  fileNames?: boolean;
  onWorkInProgress?: OnWorkInProgress;
  adopt?: boolean;
  movedFrom?: string[];
}

/** A set as the state knows it. */
export interface SetState extends Omit<SetInputs, "adopt" | "movedFrom"> {
  /** The platform's ids of the work items, by key. */
  ids: Record<string, string>;
  /** The paths that items with a `file` were created with, by key. */
  paths: Record<string, string>;
  /** The status of each item that is not `NEW`, when it was last read. */
  statusOf: Record<string, string>;
  /** How many items had each status when they were last read. */
  statuses: Record<string, number>;
  /** Fields that the platform shows differently than declared, in adopted items or in answers to creations, by key. */
  asFound?: Record<string, AsFound>;
  /** The ids of items that moved to another declaration, with the text of those that it has not claimed yet. */
  moved?: Record<string, string>;
  /** The life of this set, from its creation to its end, which each item that it makes carries in its mark. */
  incarnation?: string;
  /**
   * When the last completed update that also looked for leftovers began, by the platform's clock: it knew everything
   * that is older. ISO 8601.
   */
  appliedAt?: string;
  /** When the newest of its items was made: no update that ended made anything younger. ISO 8601. */
  newestAt?: string;
  /** Whether the last update left something undone, so that the inputs say more than exists. */
  incomplete?: boolean;
  /**
   * What updates that failed in part have changed since the last complete one: digests of the items' texts, by key. The
   * engine still has the inputs of before, and `items` may be secret, so a report knows of these changes from here.
   */
  changed?: Record<string, string>;
}

/**
 * The time from which an update may have left items that the state does not know: the start of the last completed
 * update that also looked for leftovers. Release 0.1 recorded it by its own clock; for such a state, no item is too
 * old.
 */
export function leftSince({ appliedAt, incarnation }: SetState): Date | undefined {
  return appliedAt === undefined || incarnation === undefined ? undefined : new Date(appliedAt);
}

/** A set without items, in the place of another. */
export function emptyState({ adopt: _, movedFrom: __, ...inputs }: SetInputs): SetState {
  return { ...inputs, items: {}, ids: {}, paths: {}, statusOf: {}, statuses: {} };
}

/** The state, with its items counted by status. */
export function counted(state: SetState): SetState {
  const statuses: Record<string, number> = {};
  for (const key of Object.keys(state.ids)) {
    const status = valueAt(state.statusOf, key) ?? "NEW";
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return { ...state, statuses };
}
