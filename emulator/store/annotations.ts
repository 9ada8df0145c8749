import { randomUUID } from "node:crypto";
import type { Annotation, JsonObject, WorkItem } from "../model.ts";
import type { Database } from "./database.ts";

type AnnotationRow = Omit<Annotation, "inference" | "metadata"> & {
  inference: string;
  metadata: string;
};

export class Annotations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(workItemId: string): Annotation | undefined {
    const row = this.#database.get<AnnotationRow>(
      `SELECT id, project_id AS projectId, work_item_id AS workItemId, inference, metadata,
       created_at AS createdAt, updated_at AS updatedAt FROM annotations WHERE work_item_id = ?`,
      workItemId,
    );
    return (
      row && { ...row, inference: JSON.parse(row.inference), metadata: JSON.parse(row.metadata) }
    );
  }

  /** Stores an annotation. An item that was reopened and finished again keeps its annotation's id. */
  put(item: WorkItem, inference: JsonObject, metadata: JsonObject): void {
    const now = this.#database.now();
    this.#database.run(
      `INSERT INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (work_item_id) DO UPDATE SET
         inference = excluded.inference, metadata = excluded.metadata, updated_at = excluded.updated_at`,
      randomUUID(),
      item.id,
      item.projectId,
      JSON.stringify(inference),
      JSON.stringify(metadata),
      now,
      now,
    );
  }
}
