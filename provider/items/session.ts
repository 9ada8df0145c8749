import type DataLoader from "dataloader";
import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import type { Revision } from "../disk/revision.ts";
import type { Lookup } from "./create-once.ts";
import type { Ending, Outcome } from "./ending.ts";
import type { LiveItems } from "./listing.ts";
import { Moves } from "./moves.ts";

/** What a process remembers of one platform: what it listed, made or took, and the requests that it combines. */
export class Session {
  /** The batches of each project, by id. */
  readonly batches = new Map<string, Promise<Map<string, BatchWire>>>();
  /** What each place had before this process made anything, by the place. */
  readonly liveItems = new Map<string, Promise<LiveItems>>();
  /** The declaration that made or took a work item, by the item's id; empty for an item that was ended. */
  readonly claims = new Map<string, string>();
  /** The ids of adopted batches and exports. Their old declarations must not release them in the same update. */
  readonly adopted = new Set<string>();
  /** The messages shown so far. Check shows them at preview, and in the update before it makes what is declared. */
  readonly told = new Set<string>();
  /** Whether the platform keeps marks as they were sent; undefined before the first creation. */
  keepsMarks: boolean | undefined;
  /** The batches that want their provenance, by id, and whether this update has written it. */
  readonly provenance = new Map<
    string,
    { readonly files: readonly string[] | undefined; isWritten: boolean }
  >();
  /** The revision of the program, or why there is none; undefined before anything asked. */
  revision: Promise<Revision | string> | undefined;
  /** What moves from one declaration to another. */
  readonly moves = new Moves();
  /** What combines the reads and endings of callers at about the same time in one request, by project or place. */
  readonly readers = new Map<string, DataLoader<string, WorkItemWire | undefined>>();
  readonly lookups = new Map<string, DataLoader<Lookup, WorkItemWire[]>>();
  readonly enders = new Map<string, DataLoader<Ending, Outcome>>();
}

/** A client lives as long as the process. What callers share is asked for by it, and not by one that ends before. */
const sessions = new WeakMap<Client, Session>();

/** The session of a client. */
export function openSession(client: Client): Session {
  const session = sessions.get(client.origin) ?? new Session();
  sessions.set(client.origin, session);
  return session;
}

/** Returns the remembered answer, or asks for it now. It does not remember a failure, so the next call asks again. */
export async function answerOf<T>(
  answers: Map<string, Promise<T>>,
  name: string,
  ask: () => Promise<T>,
): Promise<T> {
  const answer = answers.get(name) ?? ask();
  answers.set(name, answer);
  try {
    return await answer;
  } catch (error) {
    answers.delete(name);
    throw error;
  }
}
