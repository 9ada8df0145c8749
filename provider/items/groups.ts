import pMap from "p-map";
import { groupsOf } from "../api/groups.ts";
import { itemsPerRequest } from "./gather.ts";

const groupsAtOnce = 8;

/** Works on items in groups that fit one request, several groups at a time. */
export async function eachGroup<T>(
  items: readonly T[],
  work: (group: T[]) => Promise<void>,
): Promise<void> {
  await pMap(groupsOf(items, itemsPerRequest), work, { concurrency: groupsAtOnce });
}
