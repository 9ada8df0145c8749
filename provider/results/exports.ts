import { dirname } from "node:path";
import type { Client } from "../api/client.ts";
import { ApiError, ConflictError } from "../api/errors.ts";
import type { ExportInput, ExportWire } from "../api/exports.ts";
import { fileBytes } from "../api/files.ts";
import { pause } from "../api/look-again.ts";
import { removeLeftovers, writeAtomically } from "../disk/atomic-file.ts";
import { type Fingerprint, readFingerprint } from "../disk/local-file.ts";
import { openSession } from "../items/session.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";

// The exports that the platform makes of a space: the provider begins each once, waits for it, and downloads it.

const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** How far apart the clocks of the platform's own machines may be. */
const clockSkewMs = 5 * 60_000;
const attempts = 3;

/** Waits longer each time, until a deadline of its own. */
export class Clock {
  readonly minutes: number;
  readonly #client: Client;
  readonly #startedAt = performance.now();
  #pauseMs = firstPauseMs;

  constructor({ client }: Platform, minutes: number) {
    this.#client = client;
    this.minutes = minutes;
  }

  /** What an earlier update left unfinished is not older than this. */
  get since(): number {
    const startedAt = this.#client.clock.at(this.#startedAt)?.getTime() ?? Date.now();
    return startedAt - this.minutes * 60_000 - clockSkewMs;
  }

  /** Returns false at the deadline. After a Ctrl-C it does not wait, and the next request is not sent. */
  async wait(): Promise<boolean> {
    const left = this.#startedAt + this.minutes * 60_000 - performance.now();
    if (left <= 0) {
      return false;
    }
    await pause(this.#client, Math.min(this.#pauseMs, left));
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, longestPauseMs);
    return true;
  }
}

/**
 * Starts the export, or adopts the one that an interrupted update of this declaration started. Waits while another one
 * runs. If it is not known whether an export was started, it looks before it tries again.
 */
export async function beginExport(
  platform: Platform,
  spaceId: string,
  input: ExportInput,
  clock: Clock,
): Promise<ExportWire> {
  const { client } = platform;
  for (let unclear = 0; ; ) {
    const mine = await find(client, spaceId, input.name, clock.since);
    if (mine !== undefined) {
      openSession(client).adopted.add(mine.id);
      return mine;
    }
    try {
      return await client.exports.create(spaceId, input);
    } catch (error) {
      const isUnclear = error instanceof ApiError && error.outcomeUnknown;
      unclear += Number(isUnclear);
      if (!(isUnclear || error instanceof ConflictError) || unclear === attempts) {
        throw error;
      }
      if (error instanceof ConflictError) {
        platform.status(`${input.name}: waits, as another export of the space runs`);
      }
      if (!(await clock.wait())) {
        if (isUnclear) {
          throw error;
        }
        throw new Refusal(
          `another export of the space still runs after ${clock.minutes} minutes: run the update again later, or raise timeoutMinutes. ${error.message}`,
        );
      }
    }
  }
}

/** The newest export with this name that did not fail and is not older than `since`. */
async function find(
  client: Client,
  spaceId: string,
  name: string,
  since: number,
): Promise<ExportWire | undefined> {
  for await (const each of client.exports.list(spaceId)) {
    if (Date.parse(each.createdAt ?? "") < since) {
      return undefined;
    }
    if (each.name === name && each.status !== "FAILED") {
      return each;
    }
  }
  return undefined;
}

/** Whether an export that a client adopted is declared again, so that its old declaration must not delete it. */
export function isTaken(client: Client, exportId: string): boolean {
  return openSession(client).adopted.has(exportId);
}

/** Downloads the file of an export, with a fresh URL at each attempt after the first. */
export async function downloadExport(
  client: Client,
  spaceId: string,
  wire: ExportWire,
  path: string,
): Promise<Fingerprint> {
  await removeLeftovers(dirname(path));
  let { downloadUrl } = wire;
  for (let attempt = 1; ; attempt += 1) {
    downloadUrl ??= (await client.exports.get(spaceId, wire.id)).downloadUrl;
    if (downloadUrl == null) {
      throw new Refusal(
        `export ${wire.id} has no file to download: change triggers to make a new one`,
      );
    }
    try {
      await writeAtomically(path, async (file) => {
        for await (const bytes of fileBytes(downloadUrl ?? "", client.standstillMs)) {
          await file.writeBytes(bytes);
        }
      });
      return await readFingerprint(path);
    } catch (error) {
      if (!(error instanceof ApiError) || attempt === attempts) {
        throw error;
      }
      downloadUrl = undefined;
    }
  }
}
