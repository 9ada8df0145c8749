import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** A thin layer over node:sqlite: one prepared statement per SQL text, typed rows, transactions. */
export class Database {
  readonly now: () => number;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onWrite: () => void;

  /** `now` is the clock for the dates of what is stored. */
  constructor(file: string, schema: string, now: () => number, onWrite: () => void) {
    this.now = now;
    this.#onWrite = onWrite;
    this.#connection = new DatabaseSync(file);
    try {
      // The exclusive lock makes a second emulator on the same folder fail at once, instead of answering from a state
      // that another process changes.
      this.#connection.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = OFF;
        PRAGMA foreign_keys = ON;
        ${schema}`);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Runs a statement; returns the row id of an INSERT. */
  run(sql: string, ...values: SQLInputValue[]): number {
    const { lastInsertRowid } = this.#prepare(sql).run(...values);
    this.#onWrite();
    return Number(lastInsertRowid);
  }

  /** Does all of the work or none of it. The work must be synchronous, so that requests never interleave. */
  transaction<Result>(work: () => Result): Result {
    this.run("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (error) {
      this.run("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
