import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const busy = 5; // SQLITE_BUSY

/**
 * Does the work while no other process holds the lock. It is SQLite's lock on an empty database, because the operating
 * system releases that when its owner dies, however it dies.
 */
export async function withLock<T>(
  file: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  let release = tryLock(file);
  if (release === undefined) {
    onWait();
  }
  while (release === undefined) {
    await delay(500);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

function tryLock(file: string): (() => void) | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return () => database.close();
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === busy) {
      return undefined;
    }
    throw error;
  }
}
