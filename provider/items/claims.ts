import type { Client } from "../api/client.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { rememberedFor } from "./remembered.ts";

// Two declarations of one update must not have the same work item: one that is adopted is not adopted a
// second time, and where its old declaration goes (a resource was renamed), it is not cancelled.

/** By work item, the declaration that adopted it in this process; empty for one that was ended. */
const claims = new WeakMap<Client, Map<string, string>>();
const ended = "";

/** Takes a work item for a declaration. */
export function claim({ client, owner = "?" }: Platform, workItemId: string): void {
  rememberedFor(claims, client).set(workItemId, owner);
}

/** Whether a declaration may adopt a work item, as far as this process knows. */
export function isFree({ client, owner }: Platform, workItemId: string): boolean {
  const by = rememberedFor(claims, client).get(workItemId);
  return by === undefined || by === owner;
}

/** Whether another declaration has adopted a work item: then it is not this one's to end. */
export function isAdoptedElsewhere({ client, owner }: Platform, workItemId: string): boolean {
  const by = rememberedFor(claims, client).get(workItemId);
  return by !== undefined && by !== ended && by !== owner;
}

/** Remembers that a work item was ended, and so is not there to adopt. */
export function noteEnded({ client }: Platform, workItemId: string): void {
  rememberedFor(claims, client).set(workItemId, ended);
}
