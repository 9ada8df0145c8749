import type { SQLInputValue } from "node:sqlite";
import { parseExact } from "../http/exact-json.ts";
import type { Batch, JsonObject } from "../model.ts";
import type { Database } from "./database.ts";
import { type Page, type PageRequest, toPage } from "./pages.ts";

type BatchRow = Omit<Batch, "metadata"> & { metadata: string };

const selectBatches = `SELECT id, project_id AS projectId, name, created_by AS createdBy,
  created_at AS createdAt, metadata, total_count AS totalCount, completed_count AS completedCount
  FROM batches`;

export class Batches {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Creates a batch; returns undefined if the project already has one with that name. */
  create(projectId: string, name: string, createdBy: string): Batch | undefined {
    if (this.byName(projectId, name) !== undefined) {
      return undefined;
    }
    const id = this.#database.run(
      `INSERT INTO batches (project_id, name, created_by, created_at, metadata)
       VALUES (?, ?, ?, ?, '{}')`,
      projectId,
      name,
      createdBy,
      this.#database.now(),
    );
    return this.get(projectId, id);
  }

  get(projectId: string, id: number): Batch | undefined {
    return this.#one("id = ? AND project_id = ?", id, projectId);
  }

  byName(projectId: string, name: string): Batch | undefined {
    return this.#one("project_id = ? AND name = ?", projectId, name);
  }

  update(id: number, name: string, metadata: JsonObject): void {
    this.#database.run(
      "UPDATE batches SET name = ?, metadata = ? WHERE id = ?",
      name,
      JSON.stringify(metadata),
      id,
    );
  }

  list(projectId: string, request: PageRequest): Page<Batch> {
    const next = request.direction === "NEXT";
    const start = request.after?.[0] ?? (next ? 0 : Number.MAX_SAFE_INTEGER);
    const rows = this.#database.all<BatchRow>(
      `${selectBatches} WHERE project_id = ? AND id ${next ? ">" : "<"} ?
       ORDER BY id ${next ? "ASC" : "DESC"} LIMIT ?`,
      projectId,
      start,
      request.limit + 1,
    );
    return toPage(rows.map(toBatch), request);
  }

  all(): Batch[] {
    return this.#database.all<BatchRow>(`${selectBatches} ORDER BY id`).map(toBatch);
  }

  addToCounts(id: number, total: number, completed: number): void {
    this.#database.run(
      `UPDATE batches SET total_count = total_count + ?, completed_count = completed_count + ?
       WHERE id = ?`,
      total,
      completed,
      id,
    );
  }

  #one(where: string, ...values: SQLInputValue[]): Batch | undefined {
    const row = this.#database.get<BatchRow>(`${selectBatches} WHERE ${where}`, ...values);
    return row && toBatch(row);
  }
}

function toBatch(row: BatchRow): Batch {
  return { ...row, metadata: parseExact(row.metadata) as JsonObject };
}
