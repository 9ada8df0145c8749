import type { Client } from "../api/client.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { rememberedFor } from "./remembered.ts";

// Two declarations of one update must not have the same work item, and what an update made or adopted is not there
// to be ended by it: neither by the old declaration of a resource that was renamed, nor by the old resource of a
// replacement that made the new one first.

/** By work item, the declaration that made or adopted it in this process; empty for one that was ended. */
const claims = new WeakMap<Client, Map<string, string>>();
const ended = "";

/** Notes that a declaration made or adopted a work item. */
export function claim({ client, owner = "?" }: Platform, workItemId: string): void {
  rememberedFor(claims, client).set(workItemId, owner);
}

/** Whether a declaration may adopt a work item, as far as this process knows. */
export function isFree({ client, owner }: Platform, workItemId: string): boolean {
  const by = rememberedFor(claims, client).get(workItemId);
  return by === undefined || by === owner;
}

/** Whether this process made or adopted a work item: then it is not to be ended. */
export function isClaimed({ client }: Platform, workItemId: string): boolean {
  const by = rememberedFor(claims, client).get(workItemId);
  return by !== undefined && by !== ended;
}

/** Remembers that a work item was ended, and so is not there to adopt. */
export function noteEnded({ client }: Platform, workItemId: string): void {
  rememberedFor(claims, client).set(workItemId, ended);
}
