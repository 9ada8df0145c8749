// What a report says, as plain data. It is what `--json` writes, with URLs without their queries: a change of a name
// or of a meaning here needs another `version`.

/** What a preview says that an update would do, or what is different on the platform. */
export interface Report {
  version: 1;
  /** `preview`: what an update would do. `drift`: what changed on the platform since the last update. */
  kind: "preview" | "drift";
  project: string;
  stack: string;
  /** When it was made, ISO 8601 in UTC. Deadlines of new work items are counted from here. */
  at: string;
  result: Result;
  /** Why the preview could not be finished. Then the rest says only what was known by then. */
  failures: Message[];
  totals: Counts;
  /** The batches with their work items, those where the most is at stake first. */
  batches: BatchReport[];
  uploads: UploadChange[];
  /** Changes of what is no batch, work item or upload. */
  others: OtherChange[];
  /** The rules of policy packs that are broken, the mandatory ones first. */
  rules: RuleReport[];
  /** Which existing work items are adopted, as far as it is known. */
  adoptions: Message[];
  /** The limits that are exceeded. */
  limits: LimitReport[];
  /** Whether work at risk is by the statuses now. Otherwise it is by those of the last refresh: people may have begun since. */
  isRiskChecked: boolean;
  warnings: Message[];
}

/** What it comes to: nothing to do, something, rules or limits against it, or no complete preview. */
export type Result = "unchanged" | "changed" | "violations" | "limits" | "failed";

/** How many work items. */
export interface Counts {
  /** In the stack before the update; at drift, in the stack's state. */
  before: number;
  /** In the stack after the update; at drift, of these still on the platform. */
  after: number;
  /** Made, without an earlier one. */
  added: number;
  /** Existing ones that the stack adopts instead of making them. */
  adopted: number;
  /** Handed from one declaration to another, with the same id. */
  moved: number;
  /** Cancelled and made anew, as what changes cannot be changed in place. */
  replaced: number;
  /** Given other labels, in place. */
  relabelled: number;
  /** Cancelled without another in their place; at drift, cancelled or given up on the platform. */
  cancelled: number;
  /** At drift only: changed on the platform. */
  changed: number;
  /** At drift only: not listed by the platform. */
  missing: number;
  /** Of those cancelled or replaced: people had begun or finished. */
  atRisk: number;
}

/** A batch, and what happens to its work items. */
export interface BatchReport {
  /** Its name after the update; for a batch that the stack does not declare, what is known of it. */
  name: string;
  /** The URN of its resource, where the stack declares it. */
  resource?: string;
  /** The platform's id, where it has one already. */
  batchId?: string;
  /**
   * What happens to the batch itself. `keep`: it leaves the stack, and stays on the platform. `outside`: it is
   * not declared in the stack. `change` and `missing` are of drift.
   */
  action: "create" | "update" | "replace" | "keep" | "same" | "outside" | "change" | "missing";
  /** What changes of the batch: `name`, `metadata.owner`. */
  fields: FieldChange[];
  counts: Counts;
  /** How many items had which status at the last refresh; at drift, have it now. */
  statuses: Record<string, number>;
  /** The first and the last deadline of the items that are made, ISO 8601 in UTC. */
  deadlines?: { first: string; last: string };
  /** The work items that change. Among those of action `add` are those that are adopted. */
  items: ItemChange[];
  /** Changes of resources that change no item, like `onWorkInProgress`. */
  settings: SettingChange[];
}

/** What happens to a work item. `change` and `missing` are of drift. */
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
  /** The item as it was declared, where there was one. Its labels are all there. */
  old?: Record<string, unknown>;
  /** The item as it is declared now, or as it is on the platform now, where there is one. */
  new?: Record<string, unknown>;
  /** The platform's id of the item that was there. */
  workItemId?: string;
  /** The status of the item that was there: now where it ends, else at the last refresh; at drift, now. */
  status?: string;
  /** When the item that is made is due, ISO 8601 in UTC. */
  deadline?: string;
  /**
   * People have begun or finished. `refused`: the update refuses to end it. `cancelled`: their work is lost.
   * `kept`: it is finished and stays on the platform, but the stack no longer knows it.
   */
  atRisk?: "refused" | "cancelled" | "kept";
  /**
   * The batch that it comes from, or goes to: it is cancelled there and made here. For a `move`, the declaration that it
   * comes from, and its key there.
   */
  moved?: string;
}

/** A value that is secret is `[secret]`, one that is not known before the update is `[not known yet]`. */
export interface FieldChange {
  field: string;
  old?: unknown;
  new?: unknown;
}

/** A change of a resource that changes no work item. */
interface SettingChange extends FieldChange {
  resource: string;
}

/** A file that is sent, or that leaves the stack. */
export interface UploadChange {
  /** The name of the file in its set, or its path. */
  file: string;
  /** The URN of the resource that declares it. */
  resource: string;
  /** `keep`: it leaves the stack, and stays on the platform. `missing` is of drift. */
  action: "add" | "change" | "keep" | "missing";
  /** Bytes, where they are known. */
  oldSize?: number;
  newSize?: number;
}

/** A change of another resource. */
interface OtherChange {
  resource: string;
  /** What the engine does: `create`, `update`, `replace`, `delete`. */
  action: string;
}

/** A rule of a policy pack that is broken. */
export interface RuleReport {
  rule: string;
  pack: string;
  /** `mandatory` stops an update, `advisory` does not. */
  level: string;
  violations: Message[];
}

/** A limit that is exceeded. */
export interface LimitReport {
  /** The option that set it: `--max-new`. */
  option: string;
  limit: number;
  /** How many there are; left out where it cannot be seen. */
  found?: number;
}

/** What the engine, a provider or a rule says. */
export interface Message {
  text: string;
  /** The URN of the resource that it is about. */
  resource?: string;
}
