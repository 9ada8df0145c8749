import type { Client } from "../api/client.ts";
import { isClaimed, noteEnded } from "../items/claims.ts";
import { readItems } from "../items/gather.ts";
import { eachGroup } from "../items/groups.ts";
import { batchFilter, listLive } from "../items/listing.ts";
import { readMark } from "../items/mark.ts";
import { hasBegun, isStale, type OnWorkInProgress, workLost } from "../items/work-in-progress.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Failures } from "./failures.ts";
import { valueAt } from "./items.ts";
import type { Progress } from "./progress.ts";
import type { SetState } from "./state.ts";

const attempts = 4;

/** A work item of a set. */
export interface Member {
  key: string;
  id: string;
}

/**
 * Cancels members, looking at each one's status first. Those whose work must not be lost are added to the
 * failures, and stay as they are.
 */
export async function endMembers(
  platform: Platform,
  projectId: string,
  members: readonly Member[],
  policy: OnWorkInProgress,
  failures: Failures,
  progress: Progress,
): Promise<void> {
  await eachGroup(members, async (group) => {
    try {
      failures.throwIfStopped();
      await cancelAfterLook(platform, projectId, group, policy, failures);
      progress.add(group.length);
    } catch (error) {
      for (const { key } of group) {
        failures.add(key, error);
      }
    }
  });
}

/**
 * Ends a whole set. Work that has begun is looked for by status, which takes two requests where there is
 * none; if some must not be lost, nothing is cancelled.
 */
export async function endSet(
  platform: Platform,
  olds: SetState,
  progress: Progress,
): Promise<void> {
  const { client } = platform;
  const { projectId, onWorkInProgress: policy = "refuse" } = olds;
  const own = [...Object.entries(olds.ids), ...(await leftoversOf(platform, olds))].filter(
    ([, id]) => !isClaimed(platform, id),
  );
  const keyOf = new Map(own.map(([key, id]) => [id, key]));
  const begun = await begunOf(client, olds, keyOf);
  const [first] = begun;
  if (first !== undefined && policy === "refuse") {
    const [id, status] = first;
    throw new Refusal(
      `${begun.size} of ${keyOf.size} work items have been begun or finished, so none was cancelled; the first is "${keyOf.get(id)}": ${workLost({ id, status }, "destroying or replacing the set", platform.owner, "last")}`,
    );
  }
  const open = [...keyOf].flatMap(([id, key]) =>
    begun.get(id) === "COMPLETED" ? [] : [{ key, id }],
  );
  await eachGroup(open, async (group) => {
    await cancelAtOnce(platform, projectId, group, policy);
    progress.add(group.length);
  });
  for (const id of keyOf.keys()) {
    noteEnded(platform, id);
  }
}

/** Items that an update which left something undone may have made without knowing it. */
async function leftoversOf(
  { client }: Platform,
  olds: SetState,
): Promise<[key: string, id: string][]> {
  const { appliedAt, ids, incarnation, incomplete = false } = olds;
  if (!incomplete || incarnation === undefined) {
    return [];
  }
  const since = appliedAt === undefined ? undefined : new Date(appliedAt);
  const live = await listLive(client, olds, since);
  const known = new Set(Object.values(ids));
  return live
    .ofIncarnation(incarnation)
    .filter(({ id, status }) => !known.has(id) && status !== "COMPLETED")
    .map((item) => [readMark(item)?.key ?? "", item.id]);
}

/** The items of a set that people have begun or finished, with their status. */
async function begunOf(
  client: Client,
  olds: SetState,
  own: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const { projectId, batchId = olds.inBatch } = olds;
  const begun = new Map<string, string>();
  const filter = await batchFilter(client, { projectId, batchId });
  for (const status of ["IN_PROGRESS", "COMPLETED"]) {
    for await (const { id } of client.workItems.list(projectId, { ...filter, status })) {
      if (own.has(id)) {
        begun.set(id, status);
      }
    }
  }
  // Statuses that the platform has beside the published ones cannot be listed by.
  const others = Object.entries(olds.statusOf).flatMap(([key, status]) =>
    ["IN_PROGRESS", "COMPLETED", "FAILED"].includes(status) ? [] : [valueAt(olds.ids, key) ?? ""],
  );
  await eachGroup(others, async (group) => {
    for (const { id, status } of (await readItems(client, projectId, group)).values()) {
      if (own.has(id) && hasBegun(status)) {
        begun.set(id, status);
      }
    }
  });
  return begun;
}

/** Cancels a group that is open as far as is known; looks only when the platform refuses. */
async function cancelAtOnce(
  platform: Platform,
  projectId: string,
  group: readonly Member[],
  policy: OnWorkInProgress,
): Promise<void> {
  try {
    await cancel(platform.client, projectId, group);
  } catch (error) {
    if (!isStale(error)) {
      throw error;
    }
    await cancelAfterLook(platform, projectId, group, policy);
  }
}

async function cancelAfterLook(
  { client, owner }: Platform,
  projectId: string,
  group: readonly Member[],
  policy: OnWorkInProgress,
  failures?: Failures,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const now = await readItems(
      client,
      projectId,
      group.map(({ id }) => id),
    );
    const open: Member[] = [];
    for (const member of group) {
      const status = now.get(member.id)?.status ?? "FAILED";
      if (hasBegun(status) && policy === "refuse") {
        const counts = failures === undefined ? "last" : "this";
        const refusal = new Refusal(
          workLost({ id: member.id, status }, "removing or replacing it", owner, counts),
        );
        if (failures === undefined) {
          throw refusal;
        }
        failures.add(member.key, refusal);
      } else if (status !== "FAILED" && status !== "COMPLETED") {
        open.push(member);
      }
    }
    try {
      if (open.length > 0) {
        await cancel(client, projectId, open);
      }
      return;
    } catch (error) {
      // The status of one changed in between, or the answer was lost: look again.
      if (!isStale(error) || attempt === attempts) {
        throw error;
      }
    }
  }
}

function cancel(client: Client, projectId: string, members: readonly Member[]): Promise<void> {
  const targets = members.map(({ id }) => ({ workItemID: id }));
  return client.signals.sendMany(projectId, "cancel", targets);
}
