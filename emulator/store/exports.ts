import { randomUUID } from "node:crypto";
import type { SQLInputValue } from "node:sqlite";
import type { Export, ExportInput } from "../model.ts";
import type { Database } from "./database.ts";
import { type Page, type PageRequest, toPage } from "./pages.ts";

type ExportRow = Omit<Export, "input" | "path" | "error"> & {
  input: string;
  path: string | null;
  error: string | null;
};

const selectExports = `SELECT seq, id, space_id AS spaceId, input, status, path, error,
  created_at AS createdAt FROM exports`;

export class Exports {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(spaceId: string, input: ExportInput): Export {
    const id = randomUUID();
    const createdAt = this.#database.now();
    const seq = this.#database.run(
      `INSERT INTO exports (id, space_id, input, status, created_at)
       VALUES (?, ?, ?, 'PENDING', ?)`,
      id,
      spaceId,
      JSON.stringify(input),
      createdAt,
    );
    const [path, error] = [undefined, undefined];
    return { seq, id, spaceId, input, status: "PENDING", path, error, createdAt };
  }

  get(spaceId: string, id: string): Export | undefined {
    return this.#all("id = ? AND space_id = ?", id, spaceId)[0];
  }

  running(spaceId: string): Export | undefined {
    return this.#all("space_id = ? AND status IN ('PENDING', 'IN_PROGRESS')", spaceId)[0];
  }

  /** The exports of a space, newest first. */
  list(spaceId: string, format: string | undefined, request: PageRequest): Page<Export> {
    const older = request.direction === "NEXT";
    const exports = this.#all(
      `space_id = ? AND seq ${older ? "<" : ">"} ? AND ifnull(?, input ->> 'format') = input ->> 'format'
       ORDER BY seq ${older ? "DESC" : "ASC"} LIMIT ?`,
      spaceId,
      request.after?.[0] ?? (older ? Number.MAX_SAFE_INTEGER : 0),
      format ?? null,
      request.limit + 1,
    );
    return toPage(exports, request);
  }

  update({ seq, status, path, error }: Export): void {
    this.#database.run(
      "UPDATE exports SET status = ?, path = ?, error = ? WHERE seq = ?",
      status,
      path ?? null,
      error ?? null,
      seq,
    );
  }

  delete({ seq }: Export): void {
    this.#database.run("DELETE FROM exports WHERE seq = ?", seq);
  }

  #all(where: string, ...values: SQLInputValue[]): Export[] {
    return this.#database
      .all<ExportRow>(`${selectExports} WHERE ${where}`, ...values)
      .map(toExport);
  }
}

function toExport(row: ExportRow): Export {
  return {
    ...row,
    input: JSON.parse(row.input),
    path: row.path ?? undefined,
    error: row.error ?? undefined,
  };
}
