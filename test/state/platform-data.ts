import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { startEmulator } from "../../emulator/server.ts";

// What an emulator has in its folder, as JSON: small, and good for a store that has more columns since.

interface PlatformData {
  tables: Record<string, Record<string, SQLInputValue>[]>;
  /** The bytes of stored files, as base64. */
  blobs: Record<string, string>;
}

/** Keeps what is in the folder of an emulator that has ended. */
export function keepPlatform(dataDir: string, file: string): void {
  const database = openStore(dataDir);
  const data: PlatformData = { tables: {}, blobs: {} };
  for (const table of tablesOf(database)) {
    const rows = database.prepare(`SELECT * FROM ${table}`).all();
    data.tables[table] = rows as Record<string, SQLInputValue>[];
  }
  database.close();
  for (const blob of readdirSync(join(dataDir, "blobs"))) {
    data.blobs[blob] = readFileSync(join(dataDir, "blobs", blob)).toString("base64");
  }
  writeFileSync(file, `${JSON.stringify(data, undefined, 1)}\n`);
}

/** Puts it into a folder, for an emulator to be started on. */
export async function restorePlatform(file: string, dataDir: string): Promise<void> {
  const { tables, blobs } = JSON.parse(readFileSync(file, "utf8")) as PlatformData;
  await (await startEmulator({ dataDir })).close();
  const database = openStore(dataDir);
  database.exec("PRAGMA foreign_keys = OFF");
  for (const table of tablesOf(database)) {
    database.exec(`DELETE FROM ${table}`);
  }
  for (const [table, rows] of Object.entries(tables)) {
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map(() => "?").join();
      const insert = database.prepare(
        `INSERT INTO ${table} (${columns.join()}) VALUES (${places})`,
      );
      insert.run(...Object.values(row));
    }
  }
  database.close();
  mkdirSync(join(dataDir, "blobs"), { recursive: true });
  for (const [blob, bytes] of Object.entries(blobs)) {
    writeFileSync(join(dataDir, "blobs", blob), Buffer.from(bytes, "base64"));
  }
}

function openStore(dataDir: string): DatabaseSync {
  return new DatabaseSync(join(dataDir, "emulator.sqlite"));
}

function tablesOf(database: DatabaseSync): string[] {
  const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return database
    .prepare(sql)
    .all()
    .map(({ name }) => String(name));
}
