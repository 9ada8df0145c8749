import type { Client } from "../api/client.ts";
import { ConflictError, NotFoundError } from "../api/errors.ts";
import { lookAgainAfterMs, pause } from "../api/pause.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { isClaimed, noteEnded } from "./claims.ts";
import { openLoader, readItems } from "./gather.ts";
import { openSession } from "./session.ts";
import {
  type Counts,
  hasBegun,
  isStale,
  type OnWorkInProgress,
  unlistedText,
  workLost,
} from "./work-in-progress.ts";

// A work item cannot be deleted, so it is ended by the signal `cancel`. Its status is looked at before, so that no work is
// lost, and after, since what an answer says need not have happened: a new one is made in its place only then.

const attempts = 4;

/** A work item that is to be ended. */
export interface Ending {
  id: string;
  /** What is done with work that people have begun. */
  policy: OnWorkInProgress;
  /** Whether that is the policy of the update that ends it, or of the one before. */
  counts: Counts;
  /** What a refusal calls that which would lose the work. */
  how: string;
  /** Whose it is, to name it in a refusal. */
  owner: string | undefined;
}

interface Open extends Ending {
  status: string;
}

/** What became of an item: it is ended, or it was finished and stays. */
export type Outcome = "ended" | "finished";

/**
 * Ends up to 100 work items. Answers, by id, what became of each, or why it was not ended. `known` are statuses that
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
      // The status of one changed in between, or the answer was lost: look again.
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

/** Why an item of that status, or an unlisted one, is not to be ended. */
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

/** The statuses of work items as they are now; unlisted ones are left out. */
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
  if (isClaimed(platform, id)) {
    return;
  }
  const how = "deleting or replacing it";
  const ender = openLoader(openSession(client).enders, projectId, (all) =>
    endTogether(client, projectId, all),
  );
  const outcome = await ender.load({ id, policy, counts, owner, how });
  if (outcome === "finished") {
    info(`work item ${id} is COMPLETED and stays on the platform with its results`);
  }
  noteEnded(platform, id);
}

/** The platform refuses a group as a whole. Then each is ended by itself, and fails by itself. */
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

/** One that is not listed, and may be lost: gone where the platform does not know it. */
async function cancelUnlisted(client: Client, projectId: string, ending: Ending): Promise<void> {
  try {
    await cancel(client, projectId, [ending]);
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Those that have the status that they had before they were cancelled, also after a while. */
async function stillOpen(client: Client, projectId: string, open: Open[]): Promise<Open[]> {
  let left = open;
  for (const wait of lookAgainAfterMs) {
    await pause(client, wait);
    const workItemIDs = left.map(({ id }) => id);
    const now = new Map<string, string>();
    for await (const { id, status } of client.workItems.list(projectId, { workItemIDs })) {
      now.set(id, status);
    }
    left = left.filter(({ id, status }) => now.get(id) === status);
    if (left.length === 0) {
      break;
    }
  }
  return left;
}

function notEndedText(id: string, status: string): string {
  return `the platform took the signal to cancel work item ${id}, but it is still ${status}: nothing is made in its place. Run the update again`;
}

function cancel(client: Client, projectId: string, items: readonly Ending[]): Promise<void> {
  const targets = items.map(({ id }) => ({ workItemID: id }));
  return client.signals.sendMany(projectId, "cancel", targets);
}
