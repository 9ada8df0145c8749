import type { BatchWire } from "../../provider/api/batches.ts";
import type { Client } from "../../provider/api/client.ts";
import type { WorkItemWire } from "../../provider/api/work-items.ts";
import { of as deadlineOf } from "../../provider/items/deadline.ts";
import { readMark } from "../../provider/items/mark.ts";
import { stripUrl } from "../../provider/text/urls.ts";

// Most work items are finished, and `listBatches` counts those. So this lists only the open ones, and after two such
// looks only what changed since the last look but one: a change made during a look may be missing from all its pages.

/** How far the work on a batch has come. `--json` writes it. */
export interface BatchStatus {
  /** The platform's id, an int64 as text. */
  batchId: string;
  name: string;
  /** How many work items there are, whatever became of them. */
  total: number;
  completed: number;
  inProgress: number;
  new: number;
  /** Items that failed, were cancelled, or have a status that only the platform knows. */
  other: number;
  /** How many of the new and started ones are past their deadline. */
  overdue: number;
  /** The completed share of the completed and open items, in whole percent; 0 if there are none. */
  percent: number;
  /** The earliest deadline of an open work item, ISO 8601 in UTC. */
  nextDeadline?: string;
  /** The open work items, nearest deadline first, where they are asked for. */
  items?: OpenItem[];
}

/** A work item that is not finished. */
export interface OpenItem {
  /** The platform's id. */
  workItemId: string;
  /** The name of its picture where it is known, otherwise its asset without what may be a signature. */
  name: string;
  inProgress: boolean;
  /** ISO 8601 in UTC. */
  deadline: string | undefined;
}

const openStatuses = ["NEW", "IN_PROGRESS"];

/** Looks at the batches of a project, again and again. */
export class ProjectLook {
  readonly #client: Client;
  readonly #projectId: string;
  readonly #withItems: boolean;
  readonly #open = new Map<string, { batchId: string | undefined; item: OpenItem }>();
  /** The time of the newest change seen so far, by the platform's own clock. */
  #newest: string | undefined;
  /** The value of `#newest` before the last look. */
  #since: string | undefined;

  /** `withItems` asks for the open work items themselves. */
  constructor(client: Client, projectId: string, withItems = false) {
    this.#client = client;
    this.#projectId = projectId;
    this.#withItems = withItems;
  }

  /**
   * How far the work is now. Batches with a deadline come first, nearest first. Operations `listBatches` and
   * `listWorkItems`.
   */
  async now(moment = new Date()): Promise<BatchStatus[]> {
    const [batches] = await Promise.all([
      Array.fromAsync(this.#client.batches.list(this.#projectId)),
      this.#refresh(),
    ]);
    const byBatch = Map.groupBy(this.#open.values(), ({ batchId }) => batchId);
    return batches
      .map((batch) => {
        const items = (byBatch.get(batch.id) ?? []).map(({ item }) => item);
        const status = statusOf(batch, items, moment.toISOString());
        return this.#withItems
          ? { ...status, items: items.sort(nearestFirst(({ deadline }) => deadline)) }
          : status;
      })
      .sort(nearestFirst(({ nextDeadline }) => nextDeadline));
  }

  async #refresh(): Promise<void> {
    const since = this.#since;
    this.#since = this.#newest;
    // A listing of open items does not name those that are no longer open.
    if (since === undefined) {
      this.#open.clear();
    }
    const filters =
      since === undefined ? openStatuses.map((status) => ({ status })) : [{ updatedAtFrom: since }];
    await Promise.all(
      filters.map(async (filter) => {
        for await (const item of this.#client.workItems.list(this.#projectId, filter)) {
          this.#keep(item);
        }
      }),
    );
  }

  #keep(item: WorkItemWire): void {
    const { id, status, batchId, updatedAt } = item;
    if (updatedAt != null && updatedAt > (this.#newest ?? "")) {
      this.#newest = updatedAt;
    }
    if (openStatuses.includes(status)) {
      const open = {
        workItemId: id,
        name: nameOf(item),
        inProgress: status === "IN_PROGRESS",
        deadline: deadlineOf(item),
      };
      this.#open.set(id, { batchId: batchId ?? undefined, item: open });
    } else {
      this.#open.delete(id);
    }
  }
}

function statusOf(batch: BatchWire, open: readonly OpenItem[], now: string): BatchStatus {
  const completed = batch.completedCount ?? 0;
  // The two listings were not made at the same instant.
  const total = Math.max(batch.totalCount ?? 0, completed + open.length);
  const inProgress = open.filter((item) => item.inProgress).length;
  const deadlines = open.map(({ deadline }) => deadline).filter((each) => each !== undefined);
  const [nextDeadline] = deadlines.sort();
  const counted = completed + open.length;
  return {
    batchId: batch.id,
    name: batch.name,
    total,
    completed,
    inProgress,
    new: open.length - inProgress,
    other: total - counted,
    overdue: deadlines.filter((deadline) => deadline < now).length,
    percent: counted === 0 ? 0 : Math.floor((completed / counted) * 100),
    ...(nextDeadline !== undefined && { nextDeadline }),
  };
}

function nameOf(item: WorkItemWire): string {
  const { file, key } = readMark(item) ?? {};
  return stripUrl(file ?? key ?? item.assetUrl ?? "");
}

/** Nearest deadline first; what has none comes last. */
function nearestFirst<T extends { name: string }>(
  dueOf: (one: T) => string | undefined,
): (one: T, other: T) => number {
  const text = (one: T) => dueOf(one) ?? "none";
  return (one, other) => text(one).localeCompare(text(other)) || one.name.localeCompare(other.name);
}
