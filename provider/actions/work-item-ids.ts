import { z } from "zod";
import { got } from "../lifecycle/fields.ts";
import type { Failure } from "../lifecycle/lifecycle.ts";
import { hasUnknown } from "../pulumi/unknowns.ts";

/** Work items by their ids: a list, or an object by a key of the user's, like the `ids` of a set. */
export type WorkItemIds = readonly string[] | Readonly<Record<string, string>>;

/** The schema of a work item's id. */
export const workItemId = z.guid({
  error: ({ input }) => `must be a work item's workItemId (a UUID), got ${got(input)}`,
});

/** The schema of many. Of those that are wrong, the first is named. */
export const workItemIds = z
  .custom<WorkItemIds>((value) => typeof value === "object" && value !== null, {
    error: ({ input }) =>
      `must be a list of work items' ids, or an object of them by key, got ${got(input)}`,
  })
  .superRefine((ids, context) => {
    for (const [key, id] of Object.entries(ids)) {
      const [issue] = workItemId.safeParse(id).error?.issues ?? [];
      if (issue !== undefined) {
        context.addIssue({ code: "custom", path: [key], message: issue.message });
        return;
      }
    }
  });

/** Each work item's name, which is its key where it has one, and its id. */
export function namedIds(ids: WorkItemIds): [name: string, id: string][] {
  return Array.isArray(ids) ? ids.map((id) => [id, id]) : Object.entries(ids);
}

/** Says which item is there twice: the platform takes each once. */
export function repeatedFailures(ids: unknown): Failure[] {
  if (typeof ids !== "object" || ids === null || hasUnknown(ids)) {
    return [];
  }
  const all = Object.values(ids);
  const seen = new Set<unknown>();
  const repeated = all.find((id) => seen.size === seen.add(id).size);
  return repeated === undefined
    ? []
    : [
        {
          property: "workItemIds",
          reason: `workItemIds has ${got(repeated)} more than once: name each work item once`,
        },
      ];
}
