import { randomUUID } from "node:crypto";
import { parseExact } from "../http/exact-json.ts";
import type { Label, LabelEvent, SignalEvent, Status, WorkItem, WorkItemFields } from "../model.ts";
import type { Batches } from "./batches.ts";
import type { Changes } from "./changes.ts";
import type { Database } from "./database.ts";
import { type Page, type PageRequest, toPage } from "./pages.ts";
import { toQuery, type WorkItemFilter } from "./work-item-query.ts";

type WorkItemRow = Omit<WorkItem, "fields" | "labels"> & { fields: string; labels: string | null };

export type RecordedEvent<Event = SignalEvent | LabelEvent> = Event & { id: number; at: string };

const selectWorkItems = `SELECT seq, id, project_id AS projectId, batch_id AS batchId, status,
  fields, labels, created_at AS createdAt, updated_at AS updatedAt FROM work_items`;

export class WorkItems {
  readonly #database: Database;
  readonly #batches: Batches;
  readonly #changes: Changes;
  #lastTime: number;

  constructor(database: Database, batches: Batches, changes: Changes) {
    this.#database = database;
    this.#batches = batches;
    this.#changes = changes;
    const newest = database.get<{ at: number }>(
      "SELECT created_at AS at FROM work_items ORDER BY seq DESC LIMIT 1",
    );
    this.#lastTime = newest?.at ?? 0;
  }

  create(
    projectId: string,
    batchId: number,
    fields: WorkItemFields,
    labels: Label[] | undefined,
  ): WorkItem {
    const id = randomUUID();
    const now = this.#now();
    return this.#database.transaction(() => {
      const seq = this.#database.run(
        `INSERT INTO work_items (id, project_id, batch_id, status, fields, labels, created_at, updated_at)
         VALUES (?, ?, ?, 'NEW', ?, ?, ?, ?)`,
        id,
        projectId,
        batchId,
        JSON.stringify(fields),
        labels === undefined ? null : JSON.stringify(labels),
        now,
        now,
      );
      this.#batches.addToCounts(batchId, 1, 0);
      const createdAt = now;
      return {
        seq,
        id,
        projectId,
        batchId,
        status: "NEW",
        fields,
        labels,
        createdAt,
        updatedAt: now,
      };
    });
  }

  get(projectId: string, id: string): WorkItem | undefined {
    const row = this.#database.get<WorkItemRow>(
      `${selectWorkItems} WHERE id = ? AND project_id = ?`,
      id,
      projectId,
    );
    return row && toWorkItem(row);
  }

  list(filter: WorkItemFilter, request: PageRequest): Page<WorkItem> {
    const { batchIds, ids } = filter;
    if (batchIds === undefined || ids !== undefined) {
      return toPage(this.#select(filter, request).map(toWorkItem), request);
    }
    // One page of each batch by its index, then merged: no batch can contribute more than a page.
    const forward = request.direction === "NEXT" ? 1 : -1;
    const rows = [...new Set(batchIds)]
      .flatMap((batchId) => this.#select({ ...filter, batchIds: [batchId] }, request))
      .sort((a, b) => forward * (a.createdAt - b.createdAt || a.seq - b.seq))
      .slice(0, request.limit + 1);
    return toPage(rows.map(toWorkItem), request);
  }

  all(filter: WorkItemFilter): WorkItem[] {
    return this.#select(filter).map(toWorkItem);
  }

  #select(filter: WorkItemFilter, request?: PageRequest): WorkItemRow[] {
    const { where, order, values } = toQuery(filter, request);
    // LIMIT -1 means no limit.
    return this.#database.all<WorkItemRow>(
      `${selectWorkItems} WHERE ${where} ORDER BY ${order} LIMIT ?`,
      ...values,
      request === undefined ? -1 : request.limit + 1,
    );
  }

  setLabels(item: WorkItem, labels: Label[]): void {
    const now = this.#now();
    this.#database.transaction(() => {
      this.#database.run(
        "UPDATE work_items SET labels = ?, updated_at = ? WHERE seq = ?",
        JSON.stringify(labels),
        now,
        item.seq,
      );
      this.#record(item, now, { labels: labels.length });
    });
  }

  /** Moves each item to its new status and records why. Returns the ids of the recorded events. */
  move(moves: Array<{ item: WorkItem; status: Status; event: SignalEvent }>): number[] {
    const now = this.#now();
    const ids = this.#database.transaction(() =>
      moves.map(({ item, status, event }) => {
        this.#database.run(
          "UPDATE work_items SET status = ?, updated_at = ? WHERE seq = ?",
          status,
          now,
          item.seq,
        );
        const completed = Number(status === "COMPLETED") - Number(item.status === "COMPLETED");
        if (completed !== 0) {
          this.#batches.addToCounts(item.batchId, 0, completed);
        }
        return this.#record(item, now, event);
      }),
    );
    for (const { item, status } of moves) {
      this.#changes.emit("moved", { ...item, status, updatedAt: now });
    }
    return ids;
  }

  /** How many items of each status the batches of a project have. A status without items has no entry. */
  countByStatus(projectId: string): Array<{ batchId: number; status: Status; count: number }> {
    return this.#database.all(
      `SELECT batch_id AS batchId, status, count(*) AS count FROM work_items
       WHERE project_id = ? GROUP BY batch_id, status`,
      projectId,
    );
  }

  /** The signals that an item got. */
  history(item: WorkItem): Array<RecordedEvent<SignalEvent>> {
    return this.events(item).filter((event) => "signal" in event);
  }

  /** Everything that was done to an item, oldest first. */
  events(item: WorkItem): RecordedEvent[] {
    return this.#database
      .all<{ id: number; at: number; event: string }>(
        "SELECT id, at, event FROM events WHERE work_item_seq = ? ORDER BY id",
        item.seq,
      )
      .map(({ id, at, event }) => ({ id, at: new Date(at).toISOString(), ...JSON.parse(event) }));
  }

  #record({ seq }: WorkItem, at: number, event: SignalEvent | LabelEvent): number {
    return this.#database.run(
      "INSERT INTO events (work_item_seq, at, event) VALUES (?, ?, ?)",
      seq,
      at,
      JSON.stringify(event),
    );
  }

  /** The time, which never runs backwards, so that the order by creation time is the order of insertion. */
  #now(): number {
    this.#lastTime = Math.max(this.#lastTime, this.#database.now());
    return this.#lastTime;
  }
}

function toWorkItem(row: WorkItemRow): WorkItem {
  return {
    ...row,
    fields: parseExact(row.fields) as WorkItemFields,
    labels: row.labels === null ? undefined : JSON.parse(row.labels),
  };
}
