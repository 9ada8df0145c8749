import { mustStay, noteEnded } from "../items/claims.ts";
import { type Ending, endItems, readStatuses, refusalOf } from "../items/ending.ts";
import { changeEachGroup, eachGroup } from "../items/groups.ts";
import { listLive } from "../items/listing.ts";
import { readMark } from "../items/mark.ts";
import type { OnWorkInProgress } from "../items/work-in-progress.ts";
import type { Failures } from "../lifecycle/failures.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Progress } from "../lifecycle/progress.ts";
import { count } from "../text/lines.ts";
import { leftSince, type SetState } from "./state.ts";

/** A work item of a set. */
export interface Member {
  key: string;
  id: string;
}

/** Ends members. Those that cannot be ended stay as they are, and are added to `failures`. */
export async function endMembers(
  platform: Platform,
  projectId: string,
  members: readonly Member[],
  policy: OnWorkInProgress,
  failures: Failures,
  progress: Progress,
): Promise<void> {
  const { client, owner } = platform;
  const own = members.filter(({ id }) => !mustStay(platform, id));
  failures.begin();
  await changeEachGroup(own, async (group) => {
    try {
      failures.throwIfStopped();
      const how = "removing or replacing it";
      const endings = group.map(({ id }): Ending => ({ id, policy, counts: "this", how, owner }));
      const outcomes = await endItems(client, projectId, endings);
      for (const { key, id } of group) {
        const outcome = outcomes.get(id);
        if (outcome instanceof Error) {
          failures.add(key, outcome);
        } else {
          noteEnded(platform, id);
        }
      }
      failures.noteSuccess();
      progress.add(group.length);
      return true;
    } catch (error) {
      for (const { key } of group) {
        failures.add(key, error);
      }
      return false;
    }
  });
}

/** Ends a whole set: all of it, or nothing if that would lose work that must not be lost. Returns what to say of it. */
export async function endSet(
  platform: Platform,
  olds: SetState,
  progress: Progress,
): Promise<string> {
  const { client, owner } = platform;
  const { projectId, onWorkInProgress: policy = "refuse" } = olds;
  const all = [...Object.entries(olds.ids), ...(await leftoversOf(platform, olds))];
  const own = all.filter(([, id]) => !mustStay(platform, id));
  const moved = all.length - own.length;
  const how = "destroying or replacing the set";
  const endings = own.map(([, id]): Ending => ({ id, policy, counts: "last", how, owner }));
  const statusOf = new Map<string, string>();
  await eachGroup(endings, async (group) => {
    for (const [id, status] of await readStatuses(client, projectId, group)) {
      statusOf.set(id, status);
    }
  });
  throwIfRefused(own, endings, statusOf);
  await changeEachGroup(endings, async (group) => {
    const outcomes = await endItems(client, projectId, group, statusOf);
    const failure = [...outcomes.values()].find((outcome) => outcome instanceof Error);
    if (failure !== undefined) {
      throw failure;
    }
    for (const { id } of group) {
      noteEnded(platform, id);
    }
    progress.add(group.length);
    return true;
  });
  return moved > 0
    ? `${count(own.length)} ended, ${count(moved)} moved away`
    : "all work items are ended";
}

/** Throws, before anything is ended, if some items must not be ended. */
function throwIfRefused(
  own: readonly [key: string, id: string][],
  endings: readonly Ending[],
  statusOf: ReadonlyMap<string, string>,
): void {
  const refused = endings.flatMap((ending) => {
    const refusal = refusalOf(ending, statusOf.get(ending.id));
    return refusal === undefined ? [] : [{ id: ending.id, reason: refusal.message }];
  });
  const [first] = refused;
  if (first !== undefined) {
    const key = own.find(([, id]) => id === first.id)?.[0];
    throw new Refusal(
      `${refused.length} of ${own.length} work items must not be ended, so none was; the first is "${key}": ${first.reason}`,
    );
  }
}

/** Items that an incomplete update may have made without knowing it. */
async function leftoversOf(
  { client }: Platform,
  olds: SetState,
): Promise<[key: string, id: string][]> {
  const { ids, incarnation, moved, incomplete = false } = olds;
  if (!incomplete || incarnation === undefined) {
    return [];
  }
  const live = await listLive(client, olds, leftSince(olds));
  const known = new Set([...Object.values(ids), ...Object.keys(moved ?? {})]);
  return live
    .ofIncarnation(incarnation)
    .filter(({ id, status }) => !known.has(id) && status !== "COMPLETED")
    .map((item) => [readMark(item)?.key ?? "", item.id]);
}
