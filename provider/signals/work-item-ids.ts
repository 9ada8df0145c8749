import { z } from "zod";
import { got } from "../lifecycle/fields.ts";
import type { Failure } from "../lifecycle/lifecycle.ts";
import { hasUnknown, isUnknown } from "../lifecycle/unknown-values.ts";

/** Work items by their ids: a list, or an object by keys that the user chose, like the `ids` of a set. */
export type WorkItemIds = readonly string[] | Readonly<Record<string, string>>;

const uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** The schema of a work item: its id, or the id of its resource, which names the project as well. */
export const workItemId = z.custom<string>(
  (value) => typeof value === "string" && new RegExp(`^(${uuid}/)?${uuid}$`, "i").test(value),
  {
    error: ({ input }) =>
      `must be a work item's workItemId (a UUID) or id (<projectId>/<workItemId>), got ${got(input)}`,
  },
);

/** The schema of many work items. Its message names the first one that is wrong. */
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

/** Each work item's name, which is its key if it has one and otherwise its id, together with its id. */
export function namedIds(ids: WorkItemIds): [name: string, id: string][] {
  return Array.isArray(ids) ? ids.map((id) => [id, id]) : Object.entries(ids);
}

/** The platform's ids of work items, one or many; any other value unchanged. */
export function withoutProject(ids: unknown): unknown {
  if (typeof ids === "string") {
    return ids.slice(ids.lastIndexOf("/") + 1);
  }
  if (typeof ids !== "object" || ids === null) {
    return ids;
  }
  return Array.isArray(ids)
    ? ids.map(withoutProject)
    : Object.fromEntries(Object.entries(ids).map(([key, id]) => [key, withoutProject(id)]));
}

/** Says which work item belongs to another project, or is listed twice: the platform takes each only once. */
export function idFailures(property: string, ids: unknown, projectId: unknown): Failure[] {
  if (ids === undefined || hasUnknown(ids)) {
    return [];
  }
  const all = typeof ids === "object" ? Object.values(ids ?? {}).map(String) : [String(ids)];
  const stranger = all.find((id) => id.includes("/") && !id.startsWith(`${String(projectId)}/`));
  if (stranger !== undefined && !isUnknown(projectId)) {
    const reason = `${property} has ${got(stranger)}, but this resource is of project ${String(projectId)}: use work items of the same project`;
    return [{ property, reason }];
  }
  const seen = new Set<unknown>();
  const repeated = all.map(withoutProject).find((id) => seen.size === seen.add(id).size);
  return repeated === undefined
    ? []
    : [{ property, reason: `${property} has ${got(repeated)} more than once: name each once` }];
}
