import type { StoredFile } from "../model.ts";
import type { Database } from "./database.ts";

const selectFiles = `SELECT space_id AS spaceId, path, blob, content_type AS contentType, size,
  sha256, created_at AS createdAt FROM files`;

/** What is known about each uploaded file. The bytes are in the blob folder. */
export class FileRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(spaceId: string, path: string): StoredFile | undefined {
    return this.#database.get(`${selectFiles} WHERE space_id = ? AND path = ?`, spaceId, path);
  }

  put(file: StoredFile): void {
    this.#database.run(
      "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
      file.spaceId,
      file.path,
      file.blob,
      file.contentType,
      file.size,
      file.sha256,
      file.createdAt,
    );
  }

  delete(spaceId: string, path: string): void {
    this.#database.run("DELETE FROM files WHERE space_id = ? AND path = ?", spaceId, path);
  }

  all(): StoredFile[] {
    return this.#database.all(`${selectFiles} ORDER BY created_at, rowid`);
  }
}
