import type { Client } from "../api/client.ts";
import { ConflictError, NotFoundError } from "../api/errors.ts";
import { lookAgainAfterMs, pause } from "../api/look-again.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { mustStay, noteEnded } from "./claims.ts";
import { openLoader, readItems } from "./coalesce.ts";
import { openSession } from "./session.ts";
import {
  type Counts,
  hasBegun,
  isStale,
  type OnWorkInProgress,
  unlistedText,
  workLost,
} from "./work-in-progress.ts";

// A work item cannot be deleted, so the provider ends it with the signal `cancel`. It reads the item's status before,
// so that no work is lost, and again afterwards, since what an answer says need not have happened: only then does it
// make a new item in its place.

const attempts = 4;

/** A work item to end. */
export interface Ending {
  id: string;
  /** What to do with work that people have begun. */
  policy: OnWorkInProgress;
  /** Whether `policy` is that of the update that ends the item, or of the one before. */
  counts: Counts;
  /** What a refusal calls the action that would lose the work. */
  how: string;
  /** The declaration that has the item, which a refusal names. */
  owner: string | undefined;
}

interface Open extends Ending {
  status: string;
}

/** What became of an item: it is ended, or it was finished and stays. */
export type Outcome = "ended" | "finished";

/**
 * Ends up to 100 work items. Returns, by id, what became of each, or why it was not ended. `known` has statuses that
 * were just read. Operations `listWorkItems` and `signalWorkItems`.
 */
export async function endItems(
  client: Client,
  projectId: string,
  endings: readonly Ending[],
  known?: ReadonlyMap<string, string>,
): Promise<Map<string, Outcome | Error>> {
  const outcomes = new Map<string, Outcome | Error>();
  let statusOf = known;
  let left = endings;
  for (let attempt = 1; ; attempt += 1) {
    statusOf ??= await readStatuses(client, projectId, left);
    const open: Open[] = [];
    for (const ending of left) {
      const status = statusOf.get(ending.id);
      const refusal = refusalOf(ending, status);
      if (refusal !== undefined) {
        outcomes.set(ending.id, refusal);
      } else if (status === undefined) {
        await cancelUnlisted(client, projectId, ending);
      } else if (status === "FAILED" || status === "COMPLETED") {
        outcomes.set(ending.id, status === "FAILED" ? "ended" : "finished");
      } else {
        open.push({ ...ending, status });
      }
    }
    if (open.length === 0) {
      return outcomes;
    }
    try {
      await cancel(client, projectId, open);
    } catch (error) {
      // The status of an item changed in the meantime, or the answer was lost: look again.
      if (!isStale(error) || attempt === attempts) {
        throw error;
      }
      [left, statusOf] = [open, undefined];
      continue;
    }
    for (const { id, status } of await stillOpen(client, projectId, open)) {
      outcomes.set(id, new Refusal(notEndedText(id, status)));
    }
    return outcomes;
  }
}

/** Why an item with this status, or one that the platform does not list, must not be ended. */
export function refusalOf(ending: Ending, status: string | undefined): Refusal | undefined {
  const { id, policy, how, owner, counts } = ending;
  if (policy === "cancel") {
    return undefined;
  }
  if (status === undefined) {
    return new Refusal(unlistedText(id, owner, counts));
  }
  return hasBegun(status) ? new Refusal(workLost({ id, status }, how, owner, counts)) : undefined;
}

/** The current statuses of work items, without those that the platform does not list. */
export async function readStatuses(
  client: Client,
  projectId: string,
  items: readonly { id: string }[],
): Promise<Map<string, string>> {
  const ids = items.map(({ id }) => id);
  const found = await readItems(client, projectId, ids);
  return new Map([...found].map(([id, { status }]) => [id, status]));
}

/** Ends a single work item, together with others that are ended at about the same time. */
export async function endItem(
  platform: Platform,
  projectId: string,
  { id, policy, counts }: Pick<Ending, "id" | "policy" | "counts">,
): Promise<void> {
  const { client, owner, info } = platform;
  if (mustStay(platform, id)) {
    return;
  }
  const how = "deleting or replacing it";
  const ender = openLoader(openSession(client).enders, projectId, (all) =>
    endTogether(client.origin, projectId, all),
  );
  const outcome = await ender.load({ id, policy, counts, owner, how });
  if (outcome === "finished") {
    info(`work item ${id} is COMPLETED and stays on the platform with its results`);
  }
  noteEnded(platform, id);
}

/** If the platform refuses a group, it refuses all of it. Then each item is ended on its own, and fails on its own. */
async function endTogether(
  client: Client,
  projectId: string,
  all: readonly Ending[],
): Promise<(Outcome | Error)[]> {
  try {
    const outcomes = await endItems(client, projectId, all);
    return all.map(({ id }) => outcomes.get(id) ?? "ended");
  } catch (error) {
    return all.length === 1
      ? [error as Error]
      : (await Promise.all(all.map((each) => endTogether(client, projectId, [each])))).flat();
  }
}

/** Cancels an item that is not listed and may be lost. If the platform does not know it, it is gone. */
async function cancelUnlisted(client: Client, projectId: string, ending: Ending): Promise<void> {
  try {
    await cancel(client, projectId, [ending]);
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof ConflictError)) {
      throw error;
    }
  }
}

/**
 * The items that, even after a while, are still open. That an item is not listed says nothing, because a listing may be
 * short. If no look finds it, the platform does not list what is ended; if one finds it open, it counts as open.
 */
async function stillOpen(client: Client, projectId: string, open: Open[]): Promise<Open[]> {
  let left = open;
  const seenOpen = new Set<string>();
  for (const wait of lookAgainAfterMs) {
    await pause(client, wait);
    const workItemIDs = left.map(({ id }) => id);
    const now = new Map<string, string>();
    for await (const { id, status } of client.workItems.list(projectId, { workItemIDs })) {
      now.set(id, status);
    }
    left = left.filter(({ id, status: before }) => {
      const status = now.get(id) ?? before;
      return status === before || status === "NEW" || status === "IN_PROGRESS";
    });
    for (const { id } of left.filter((item) => now.has(item.id))) {
      seenOpen.add(id);
    }
    if (left.length === 0) {
      break;
    }
  }
  return left.filter(({ id }) => seenOpen.has(id));
}

function notEndedText(id: string, status: string): string {
  return `the platform took the signal to cancel work item ${id}, but it is still ${status}: nothing is made in its place. Run the update again`;
}

function cancel(client: Client, projectId: string, items: readonly Ending[]): Promise<void> {
  const targets = items.map(({ id }) => ({ workItemID: id }));
  return client.signals.sendMany(projectId, "cancel", targets);
}
