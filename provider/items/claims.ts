import type { Platform } from "../lifecycle/lifecycle.ts";
import { openSession } from "./session.ts";

// Two declarations in one update must not have the same work item, and an update must not end what it has made or
// adopted: neither through the old declaration of a renamed resource, nor through the old resource of a replacement
// that made the new one first.

/** Stands in for the owner of an item that was ended. */
const ended = "";

/** Notes that a declaration made or adopted a work item. */
export function claim({ client, owner = "?" }: Platform, workItemId: string): void {
  openSession(client).claims.set(workItemId, owner);
}

/** Whether a declaration may adopt a work item, as far as this process knows. */
export function isFree({ client, owner }: Platform, workItemId: string): boolean {
  const by = openSession(client).claims.get(workItemId);
  return by === undefined || by === owner;
}

/**
 * Whether this process made or adopted a work item, or another declaration of the program has it: in either case it
 * must not be ended.
 */
export function isClaimed({ client, owner }: Platform, workItemId: string): boolean {
  const { claims, moves } = openSession(client);
  const by = claims.get(workItemId);
  return by === undefined ? moves.isHeldByOther(workItemId, owner) : by !== ended;
}

/** Remembers that a work item was ended, and so cannot be adopted. */
export function noteEnded({ client }: Platform, workItemId: string): void {
  openSession(client).claims.set(workItemId, ended);
}
