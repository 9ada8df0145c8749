// What a report says, as plain data. `--json` writes it, with URLs without their queries: changing a name or a meaning
// here requires another `version`.

/** What a preview says that an update would do, or what differs on the platform. */
export interface Report {
  version: 1;
  /** `preview`: what an update would do. `drift`: what changed on the platform since the last update. */
  kind: "preview" | "drift";
  project: string;
  stack: string;
  /** When the report was made, ISO 8601 in UTC. Deadlines of new work items count from this moment. */
  at: string;
  result: Result;
  /** Why the preview could not finish. The rest then has only what was known by that point. */
  failures: Message[];
  totals: Counts;
  /** The batches with their work items; those where the most is at stake come first. */
  batches: BatchReport[];
  /** What the work of people costs; a preview has it if somebody has said what an item or a box costs. */
  effort?: EffortReport;
  /** How the boxes of the labels change; a preview has it if there are boxes before or after. */
  boxes?: BoxReport;
  uploads: UploadChange[];
  /** Changes of resources that are no batches, work items or uploads. */
  others: OtherChange[];
  /** The broken rules of policy packs, mandatory ones first. */
  rules: RuleReport[];
  /** Which existing work items are adopted, as far as that is known. */
  adoptions: Message[];
  /** The exceeded limits. */
  limits: LimitReport[];
  /**
   * Whether work at risk, and what is relabelled though it is begun, is judged by the current statuses. Otherwise it is
   * judged by those of the last update or refresh, and people may have begun since.
   */
  isRiskChecked: boolean;
  /**
   * Of when the statuses of the items that change are: `now`, or `last`, those of the last update or refresh. Left out
   * at drift, and if no existing item changes.
   */
  statuses?: "now" | "last";
  warnings: Message[];
}

/** The overall result: nothing to do, something to do, broken rules or exceeded limits, or an incomplete preview. */
export type Result = "unchanged" | "changed" | "violations" | "limits" | "failed";

/** Numbers of work items. */
export interface Counts {
  /** In the stack before the update; at drift, in the stack's state. */
  before: number;
  /** In the stack after the update; at drift, how many of these are still on the platform. */
  after: number;
  /** Made without replacing an earlier one. */
  added: number;
  /** Existing ones that the stack adopts instead of making new ones. */
  adopted: number;
  /** Moved from one declaration to another, keeping their ids. */
  moved: number;
  /** Cancelled and made anew, because what changes cannot be changed in place. */
  replaced: number;
  /** Cancelled and made anew under another key, with the same picture and content: among those added and cancelled. */
  renamed: number;
  /** Given other labels, in place. */
  relabelled: number;
  /** Cancelled without another in their place; at drift, cancelled or given up on the platform. */
  cancelled: number;
  /** At drift only: changed on the platform. */
  changed: number;
  /** At drift only: not listed by the platform. */
  missing: number;
  /** How many of those cancelled or replaced had been begun or finished by people. */
  atRisk: number;
  /** How many of those that get other labels, in place or as they move, had been begun or finished by people. */
  relabelledDone: number;
}

/** A batch, and what happens to its work items. */
export interface BatchReport {
  /** Its name after the update. For a batch that the stack does not declare, what is known about it. */
  name: string;
  /** The URN of its resource, if the stack declares it. */
  resource?: string;
  /** The platform's id, if the batch already has one. */
  batchId?: string;
  /**
   * What happens to the batch itself. `keep`: it leaves the stack but stays on the platform. `outside`: the stack does
   * not declare it. `change` and `missing` occur at drift.
   */
  action: "create" | "update" | "replace" | "keep" | "same" | "outside" | "change" | "missing";
  /** It exists already, and the stack adopts it instead of making it. Its action is `create`. */
  adopted?: true;
  /** What changes in the batch: `name`, `metadata.owner`. */
  fields: FieldChange[];
  counts: Counts;
  /** What the work on its items costs, if somebody has said what an item or a box costs. */
  effort?: EffortReport;
  /** How the boxes of its items change; a preview has it if there are boxes before or after. */
  boxes?: BoxReport;
  /** How many items had each status at the last refresh; at drift, how many have it now. */
  statuses: Record<string, number>;
  /** The first and the last deadline of the items that are made, ISO 8601 in UTC. */
  deadlines?: { first: string; last: string };
  /** The work items that change. Those with the action `add` include adopted ones. */
  items: ItemChange[];
  /** Changes of resources that do not change any item, such as `onWorkInProgress`. */
  settings: SettingChange[];
}

/** What happens to a work item. `change` and `missing` occur at drift. */
export type ItemAction = "add" | "move" | "replace" | "relabel" | "cancel" | "change" | "missing";

/** A work item that changes. */
export interface ItemChange {
  /** Its key in the set, or the name of its resource. */
  key: string;
  /** The URN of the resource that declares it. */
  resource: string;
  action: ItemAction;
  /** What changes, field by field; empty for items that are only made or only cancelled. */
  fields: FieldChange[];
  /** The item as it was declared, if there was one, with all its labels. */
  old?: Record<string, unknown>;
  /** The item as it is now declared, or as it now is on the platform, if there is one. */
  new?: Record<string, unknown>;
  /**
   * What becomes of its boxes, if it has labels before and after; boxes that stay as they are do not occur. Left out if
   * the labels cannot be seen.
   */
  boxes?: BoxChange[];
  /** The platform's id of the existing item. */
  workItemId?: string;
  /** The status of the existing item. `statuses` of the report says of when it is; at drift, it is the current one. */
  status?: string;
  /** When the new item is due, ISO 8601 in UTC. */
  deadline?: string;
  /**
   * People have begun or finished the item. `refused`: the update refuses to end it. `cancelled`: their work is lost.
   * `kept`: it is finished and stays on the platform, but the stack no longer knows it.
   */
  atRisk?: "refused" | "cancelled" | "kept";
  /** It exists already, and the stack adopts it instead of making it. Its action is `add`. */
  adopted?: true;
  /** People have begun or finished the item, and the update gives it other labels. */
  relabelledDone?: true;
  /**
   * The batch that the item comes from or goes to: it is cancelled in one and made in the other. For a `move`, the
   * declaration that it comes from, and its key there.
   */
  moved?: string;
  /**
   * The key under which the same picture with the same content was declared before, if the item is made (`add`), or is
   * declared now, if it ends (`cancel`). The update cancels the one and makes the other.
   */
  renamed?: string;
}

/**
 * How one field changes. A secret value is `[secret]`, and a value that only the update finds out `[not known yet]`.
 */
export interface FieldChange {
  field: string;
  old?: unknown;
  new?: unknown;
}

/** What the work of people costs, in the unit that somebody has set: so much for each item, and for each box of its labels. */
export interface EffortReport {
  /** `minutes`, `hours`, or the code of a currency. */
  unit: string;
  /** For a work item, without its boxes. */
  item: number;
  /** For a box. */
  box: number;
  /** All items before the update, and all after it. */
  before: number;
  after: number;
  /**
   * What the update costs: its new items, also those that come from another batch, and those that replace others.
   * Adopted items, and those that move to another declaration, cost nothing.
   */
  update: number;
  /** How much of `update` is for items that replace others. */
  replaced: number;
  /** The items that get other labels, in place or as they move, as if people did them anew. It is not part of `update`. */
  relabelled: number;
  /** How much of `relabelled` is for items that people have begun or finished. Left out if they have begun none. */
  relabelledDone?: number;
  /** How many of the new and replaced items have labels that cannot be seen: their boxes are not counted. */
  hidden: number;
}

/** How many boxes the labels of work items have, and what becomes of them. */
export interface BoxReport {
  before: number;
  after: number;
  /**
   * Boxes of new items, and boxes that overlap with none of before. An item that goes to another batch is new in that
   * batch; for all batches, its boxes are compared with those of before.
   */
  added: number;
  /** Boxes of cancelled items, and boxes that overlap with none of after. */
  removed: number;
  /** Of the same size, at another place on the same item. */
  moved: number;
  resized: number;
  /** How many of the resized boxes have a smaller or a larger area. Left out if none is resized. */
  smaller?: number;
  larger?: number;
  /** In the same place and of the same size, but of another category. */
  recategorized: number;
  /** How much the moved and the resized boxes still overlap with what they were (IoU): the least and the most. */
  iou?: { least: number; most: number };
  /** How all boxes change that change their place or size, if they do so alike. Left out otherwise. */
  alike?: AlikeChange;
  /** The boxes by category; those that vanish come first, then new ones, then those that change most. */
  categories: CategoryCount[];
  /** The boxes by size, from the smallest to the largest. The size is the side of a square of the same area. */
  sizes: SizeCount[];
  /** How many items have labels that cannot be seen, because they are secret or not known before the update. */
  hiddenBefore: number;
  hiddenAfter: number;
}

/** How boxes change alike, as where they come from a file for another size or another crop of the pictures. */
export interface AlikeChange {
  /** How many boxes change so: at least 10, in at least 3 items. */
  boxes: number;
  /** By how much places and sizes are multiplied: across, down. */
  factor?: [number, number];
  /** By how many pixels boxes of the same size move: across, down. */
  shift?: [number, number];
}

/** The boxes of a category. */
export interface CategoryCount {
  /** Left out for boxes without a category. */
  category?: string;
  before: number;
  after: number;
  /**
   * `vanishes`: there are none any more. `new`: there were none, though there were other boxes. Left out where hidden
   * labels may have the category.
   */
  change?: "vanishes" | "new";
}

/** The boxes of a range of sizes, in pixels: at least `from`, below `to`. */
export interface SizeCount {
  from: number;
  /** Left out for the largest ones. */
  to?: number;
  before: number;
  after: number;
}

/** Left, top, width and height in pixels of the picture. */
type Corners = [x: number, y: number, width: number, height: number];

/** What becomes of a box. Boxes of before and after are matched by how much they overlap, one to one. */
export interface BoxChange {
  change: "added" | "removed" | "moved" | "resized" | "recategorized";
  /** Left out if the box has none. */
  category?: string;
  /** The category of before, if it was another one; null if there was none. */
  oldCategory?: string | null;
  old?: Corners;
  new?: Corners;
  /** The area that the box of before and that of after have in common, as a share of the area of both: 0 to 1. */
  iou?: number;
}

/** A change of a resource that does not change any work item. */
interface SettingChange extends FieldChange {
  resource: string;
}

/** A file that is sent or declared, or that leaves the stack. */
export interface UploadChange {
  /** The name of the file in its set, or its path. */
  file: string;
  /** The URN of the resource that declares it. */
  resource: string;
  /** `keep`: it leaves the stack but stays on the platform. `missing` occurs at drift. */
  action: "add" | "change" | "keep" | "missing";
  /** The name that a new file with the same bytes had before: it is sent anew under its new name. */
  renamed?: string;
  /**
   * Why a new or changed file is not sent. `link`: people find it at its URL. `back`: an update let it go, and it comes
   * back if it is still in the space.
   */
  unsent?: "link" | "back";
  /** The size in bytes, if it is known. */
  oldSize?: number;
  newSize?: number;
}

/** A change of another resource. */
interface OtherChange {
  resource: string;
  /** What the engine does: `create`, `update`, `replace`, `delete`. */
  action: string;
}

/** A broken rule of a policy pack. */
export interface RuleReport {
  rule: string;
  pack: string;
  /** `mandatory` stops an update, `advisory` does not. */
  level: string;
  /** `low`, `medium`, `high` or `critical`, if the rule has one. */
  severity?: string;
  /** The page about the rule, if its violations end with its URL. */
  url?: string;
  /** What is wrong, without the description of the rule. */
  violations: Message[];
}

/** An exceeded limit. */
export interface LimitReport {
  /** The option that set it: `--max-new`. */
  option: string;
  limit: number;
  /** What is limited, if it is not a number of work items: the unit of the effort. */
  unit?: string;
  /** How many work items there are, or what they cost; left out if the preview cannot see it. */
  found?: number;
}

/** What the engine, a provider or a rule says. */
export interface Message {
  text: string;
  /** The URN of the resource that the message is about. */
  resource?: string;
}
