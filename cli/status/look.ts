import type { BatchWire } from "../../provider/api/batches.ts";
import type { Client } from "../../provider/api/client.ts";
import type { WorkItemWire } from "../../provider/api/work-items.ts";
import { of as deadlineOf } from "../../provider/items/deadline.ts";

// Finished work items are the most, and `listBatches` counts them. So only the open ones are listed, and after two such looks
// only what changed since the last but one: a change that is made during a look may be in none of its pages.

/** How far the work on a batch is. It is what `--json` writes. */
export interface BatchStatus {
  /** The platform's id, an int64 as text. */
  batchId: string;
  name: string;
  /** How many work items there are, whatever became of them. */
  total: number;
  completed: number;
  inProgress: number;
  new: number;
  /** Failed, cancelled, or in a status that only the platform knows. */
  other: number;
  /** Of those that are new or in progress: past their deadline. */
  overdue: number;
  /** Whole percent that are completed of those that are completed or open; 0 where there is none. */
  percent: number;
  /** The first deadline of an open work item, ISO 8601 in UTC. */
  nextDeadline?: string;
}

interface OpenItem {
  batchId: string | undefined;
  inProgress: boolean;
  deadline: string | undefined;
}

const openStatuses = ["NEW", "IN_PROGRESS"];

/** Looks at the batches of a project, again and again. */
export class ProjectLook {
  readonly #client: Client;
  readonly #projectId: string;
  readonly #open = new Map<string, OpenItem>();
  /** The newest change seen, by the platform's own clock. */
  #newest: string | undefined;
  /** What it was before the last look. */
  #since: string | undefined;

  constructor(client: Client, projectId: string) {
    this.#client = client;
    this.#projectId = projectId;
  }

  /** `listBatches` and `listWorkItems`: how far the work is now. Batches with a deadline come first, the nearest before the others. */
  async now(moment = new Date()): Promise<BatchStatus[]> {
    const [batches] = await Promise.all([
      Array.fromAsync(this.#client.batches.list(this.#projectId)),
      this.#refresh(),
    ]);
    const byBatch = Map.groupBy(this.#open.values(), ({ batchId }) => batchId);
    return batches
      .map((batch) => statusOf(batch, byBatch.get(batch.id) ?? [], moment.toISOString()))
      .sort(byDeadline);
  }

  async #refresh(): Promise<void> {
    const since = this.#since;
    this.#since = this.#newest;
    // A listing of what is open does not name what no longer is.
    if (since === undefined) this.#open.clear();
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
      this.#open.set(id, {
        batchId: batchId ?? undefined,
        inProgress: status === "IN_PROGRESS",
        deadline: deadlineOf(item),
      });
    } else {
      this.#open.delete(id);
    }
  }
}

function statusOf(batch: BatchWire, open: readonly OpenItem[], now: string): BatchStatus {
  const completed = batch.completedCount ?? 0;
  // The two listings are not of the same instant.
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

function byDeadline(one: BatchStatus, other: BatchStatus): number {
  const [first, second] = [one.nextDeadline ?? "none", other.nextDeadline ?? "none"];
  return first.localeCompare(second) || one.name.localeCompare(other.name);
}
