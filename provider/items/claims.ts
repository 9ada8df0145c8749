import type { Platform } from "../lifecycle/lifecycle.ts";
import { openSession } from "./session.ts";
import { isTakenElsewhere, tellTaken } from "./takings.ts";

// Two declarations in one update must not have the same work item, and an update must not end what it has made or
// taken: neither through the old declaration of a renamed resource, nor through the old resource of a replacement
// that made the new one first.

/** Stands in for the owner of an item that was ended. */
const ended = "";

/** Notes that a declaration made a work item, or took one that exists. */
export function claim({ client, owner = "?" }: Platform, workItemId: string): void {
  openSession(client).claims.set(workItemId, owner);
}

/** Notes that a declaration took what another one had, for the other provider processes of the engine as well. */
export function claimTaken(platform: Platform, workItemId: string): void {
  claim(platform, workItemId);
  tellTaken(workItemId);
}

/** Whether a declaration may take an existing work item, or already has it, as far as this process knows. */
export function mayTake({ client, owner }: Platform, workItemId: string): boolean {
  const by = openSession(client).claims.get(workItemId);
  return by === undefined || by === owner;
}

/**
 * Whether a work item must not be ended, because this process made or took it, or another declaration of the program
 * has it. This is not the opposite of `mayTake`: for what a declaration itself made or took, both are true.
 */
export function mustStay({ client, owner }: Platform, workItemId: string): boolean {
  const { claims, moves } = openSession(client);
  const by = claims.get(workItemId);
  if (by !== undefined) {
    return by !== ended;
  }
  return moves.isHeldByOther(workItemId, owner) || isTakenElsewhere(workItemId);
}

/** Remembers that a work item was ended, and so cannot be taken. */
export function noteEnded({ client }: Platform, workItemId: string): void {
  openSession(client).claims.set(workItemId, ended);
}
