import { Annotations } from "./annotations.ts";
import { Batches } from "./batches.ts";
import { Changes } from "./changes.ts";
import { Database } from "./database.ts";
import { Exports } from "./exports.ts";
import { FileRecords } from "./file-records.ts";
import { schema } from "./schema.ts";
import { seed } from "./seed.ts";
import { Tenants } from "./tenants.ts";
import { WorkItems } from "./work-items.ts";

/** Everything that the platform remembers, in one SQLite file. */
export class Store {
  readonly changes = new Changes();
  readonly tenants: Tenants;
  readonly batches: Batches;
  readonly workItems: WorkItems;
  readonly annotations: Annotations;
  readonly exports: Exports;
  readonly files: FileRecords;
  readonly #database: Database;

  /** `now` is the platform's clock. */
  constructor(file: string, now: () => number) {
    this.#database = new Database(file, schema, now, () => this.changes.emit("written"));
    seed(this.#database);
    this.tenants = new Tenants(this.#database);
    this.batches = new Batches(this.#database);
    this.workItems = new WorkItems(this.#database, this.batches, this.changes);
    this.annotations = new Annotations(this.#database);
    this.exports = new Exports(this.#database);
    this.files = new FileRecords(this.#database);
  }

  secret(name: string): string | undefined {
    const row = this.#database.get<{ value: string }>(
      "SELECT value FROM secrets WHERE name = ?",
      name,
    );
    return row?.value;
  }

  setSecret(name: string, value: string): void {
    this.#database.run("INSERT OR REPLACE INTO secrets VALUES (?, ?)", name, value);
  }

  close(): void {
    this.#database.close();
  }
}
