import type DataLoader from "dataloader";
import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import type { Lookup } from "./create-once.ts";
import type { Ending, Outcome } from "./ending.ts";
import type { LiveItems } from "./listing.ts";
import { Moves } from "./moves.ts";

/** What a process remembers of one platform: what it listed, what it made or adopted, and what it asks together. */
export class Session {
  /** The batches of a project by id, by the project. */
  readonly batches = new Map<string, Promise<Map<string, BatchWire>>>();
  /** What a place had before this process made anything, by the place. */
  readonly liveItems = new Map<string, Promise<LiveItems>>();
  /** The declaration that made or adopted a work item, by the item's id; empty for one that was ended. */
  readonly claims = new Map<string, string>();
  /** The ids of batches and exports that were adopted: one whose old declaration goes in the same update is not let go of. */
  readonly adopted = new Set<string>();
  /** What was told: check tells it at preview, and in the update before what is declared is made. */
  readonly told = new Set<string>();
  /** Whether the platform keeps marks as they are sent; nothing before the first creation. */
  keepsMarks: boolean | undefined;
  /** What moves from one declaration to another. */
  readonly moves = new Moves();
  /** What is asked, or ended, in one request for all that ask at about the same time, by project or place. */
  readonly readers = new Map<string, DataLoader<string, WorkItemWire | undefined>>();
  readonly lookups = new Map<string, DataLoader<Lookup, WorkItemWire[]>>();
  readonly enders = new Map<string, DataLoader<Ending, Outcome>>();
}

/** A client lives as long as the process. */
const sessions = new WeakMap<Client, Session>();

/** The session of a client. */
export function openSession(client: Client): Session {
  const session = sessions.get(client) ?? new Session();
  sessions.set(client, session);
  return session;
}

/** The answer that is remembered, or is asked for now. One that failed is asked for anew. */
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
