import { setTimeout as delay } from "node:timers/promises";
import { CancelledError, isPassing } from "../api/errors.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { count } from "../text/lines.ts";

/** How many work items there are, and how far they have come. */
export interface Counts {
  total: number;
  completed: number;
  failed: number;
  /** Items of a given list that the platform does not list. */
  missing: number;
}

/** What to wait for, and how long. */
export interface Goal {
  /** What percentage must be completed. */
  percent: number;
  /** Whether items that are `FAILED` count in the total that the percentage refers to. */
  countFailed: boolean;
  timeoutMinutes: number;
  /** The shortest time between two looks. */
  pollSeconds: number;
}

const longestPollMs = 5 * 60_000;

/**
 * Looks until the goal is reached, or the time is up. It looks less and less often while nothing changes, and more
 * often while something does. A platform that is down for a while does not end the wait.
 */
export async function waitFor(
  platform: Platform,
  goal: Goal,
  look: () => Promise<Counts>,
): Promise<Counts> {
  const name = parseUrn(platform.owner ?? "").name;
  const shortestMs = goal.pollSeconds * 1000;
  const deadline = Date.now() + goal.timeoutMinutes * 60_000;
  let pollMs = shortestMs;
  let last: Counts | undefined;
  let said = "not known how many are completed";
  for (;;) {
    let problem = "";
    try {
      const now = await look();
      said = described(now, goal);
      if (isReached(now, goal)) {
        platform.info(`${name}: ${said}`);
        return now;
      }
      const isSame = last === undefined || isAlike(last, now);
      pollMs = Math.max(shortestMs, Math.min(longestPollMs, isSame ? pollMs * 1.5 : pollMs / 2));
      last = now;
    } catch (error) {
      if (error instanceof CancelledError) {
        throw cancelled(said);
      }
      if (!isPassing(error)) {
        throw error;
      }
      problem = `; ${error.message}`;
    }
    const left = deadline - Date.now();
    if (left <= 0) {
      throw new Refusal(
        `${said}: ${goal.percent} % were not reached in ${goal.timeoutMinutes} minutes. Run the update again to go on waiting, or give timeoutMinutes more${problem}`,
      );
    }
    const pause = Math.min(pollMs, left);
    platform.status(`${name}: ${said}, looks again in ${count(pause / 1000)} s${problem}`);
    try {
      await delay(pause, undefined, { signal: platform.client.signal });
    } catch {
      throw cancelled(said);
    }
  }
}

function cancelled(said: string): Error {
  return new Refusal(`the wait was cancelled: ${said}. Run the update again to go on waiting`);
}

/** The goal is not reached while nothing exists yet, such as items that are only being made. */
function isReached(counts: Counts, goal: Goal): boolean {
  const { completed } = counts;
  return completed > 0 && completed * 100 >= goal.percent * wholeOf(counts, goal);
}

function wholeOf({ total, failed }: Counts, { countFailed }: Goal): number {
  return countFailed ? total : total - failed;
}

function isAlike(one: Counts, other: Counts): boolean {
  return one.completed === other.completed && one.failed === other.failed;
}

function described(counts: Counts, goal: Goal): string {
  const { total, completed, failed, missing } = counts;
  const whole = wholeOf(counts, goal);
  const percent = whole === 0 ? 0 : Math.floor((completed * 100) / whole);
  const parts = [
    `${count(completed)} of ${count(whole)} work items completed (${percent} %)`,
    `${count(total - completed - failed)} open`,
    ...(failed > 0 ? [`${count(failed)} FAILED${goal.countFailed ? "" : " and left out"}`] : []),
    ...(missing > 0 ? [`${count(missing)} of the open not found in the project`] : []),
  ];
  return parts.join(", ");
}
