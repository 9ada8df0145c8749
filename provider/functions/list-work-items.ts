// listWorkItems: the work items of a project that a filter selects, one after the other.
//
//   listWorkItems: the next page only once the program has used up the last one

import { prepare, runErrorOf } from "../pulumi/functions.ts";
import { type GetWorkItemResult, workItemResult } from "./get-work-item.ts";
import { filtersOf, type GetWorkItemsArgs, workItemsSchema } from "./get-work-items.ts";

/**
 * Lists work items like `getWorkItems`, but holds no more than 100 of them at a time, and requests no more than the
 * program takes: `for await (const item of listWorkItems({ status: "COMPLETED" })) …`. Operation `listWorkItems`.
 */
export async function* listWorkItems(
  args: GetWorkItemsArgs = {},
): AsyncGenerator<GetWorkItemResult, void, undefined> {
  try {
    const { client, checked } = prepare("listWorkItems", workItemsSchema, args);
    for (const filter of filtersOf(checked)) {
      for await (const item of client.workItems.list(checked.projectId, filter)) {
        yield workItemResult(checked.projectId, item);
      }
    }
  } catch (error) {
    throw runErrorOf("listWorkItems", error);
  }
}
