import pMap from "p-map";
import { splitIntoGroups } from "../api/groups.ts";
import { itemsPerRequest } from "./coalesce.ts";

const groupsAtOnce = 8;

/** Works on items in groups that fit one request, several groups at a time. */
export async function eachGroup<T>(
  items: readonly T[],
  work: (group: T[]) => Promise<void>,
): Promise<void> {
  await pMap(splitIntoGroups(items, itemsPerRequest), work, { concurrency: groupsAtOnce });
}

/**
 * The same for work that changes something: one group at a time until one succeeds, since the others may fail for the
 * same reason.
 */
export async function changeEachGroup<T>(
  items: readonly T[],
  work: (group: T[]) => Promise<boolean>,
): Promise<void> {
  let left = items;
  let wentWell = false;
  while (left.length > 0 && !wentWell) {
    wentWell = await work(left.slice(0, itemsPerRequest));
    left = left.slice(itemsPerRequest);
  }
  await eachGroup(left, async (group) => {
    await work(group);
  });
}
