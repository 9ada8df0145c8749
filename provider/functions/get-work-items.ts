// getWorkItems: the work items of a project that a filter selects.
//
//   listWorkItems: all pages; once for each 100 ids

import type * as pulumi from "@pulumi/pulumi";
import pMap from "p-map";
import { z } from "zod";
import { splitIntoGroups } from "../api/groups.ts";
import type { WorkItemFilter } from "../api/work-items.ts";
import { itemsPerRequest } from "../items/coalesce.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures } from "../lifecycle/ids.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";
import { visible } from "../pulumi/properties.ts";
import { type GetWorkItemResult, workItemResult } from "./get-work-item.ts";

/** Which work items to list: those that meet all given conditions. */
export interface GetWorkItemsArgs {
  /**
   * The batches that the items are in: a batch's `batchId` or `id`, any number. Default: all; an empty list selects no
   * item.
   */
  batchIds?: (number | string)[];
  /** The UUIDs of the items, any number. An item that the project does not have is left out. Default: all. */
  workItemIds?: string[];
  /** The status that the items have. Default: any. */
  status?: "NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED";
  /** The earliest time at which the items were created, ISO 8601 with a time zone. */
  createdAtFrom?: string;
  /** The latest time at which the items were created, ISO 8601 with a time zone. */
  createdAtTo?: string;
  /** The earliest time at which the items last changed, ISO 8601 with a time zone. */
  updatedAtFrom?: string;
  /** The latest time at which the items last changed, ISO 8601 with a time zone. */
  updatedAtTo?: string;
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
}

/** Work items as they are now. */
export interface GetWorkItemsResult {
  /** The work items, each once, in the platform's order; with more than 100 ids, in that order within each hundred. */
  workItems: GetWorkItemResult[];
}

/** A list whose entries a schema describes. */
const listOf = <T extends z.ZodType>(entry: T) =>
  z.array(entry, { error: ({ input }) => `must be a list, got ${fields.got(input)}` });

export const workItemsSchema = z.strictObject({
  batchIds: listOf(fields.batch).optional(),
  workItemIds: listOf(fields.uuid).optional(),
  status: fields.status.optional(),
  createdAtFrom: fields.moment.optional(),
  createdAtTo: fields.moment.optional(),
  updatedAtFrom: fields.moment.optional(),
  updatedAtTo: fields.moment.optional(),
  projectId: fields.place("projectId"),
});

/**
 * Lists work items, with their labels. Operation `listWorkItems`, 100 work items a request. It holds all of them at
 * once: if there may be very many, `listWorkItems` returns one after the other.
 */
export function getWorkItems(args: GetWorkItemsArgs = {}): Promise<GetWorkItemsResult> {
  return answer("getWorkItems", workItemsSchema, args, async (client, checked) => {
    const { projectId } = checked;
    const lists = await pMap(
      filtersOf(checked),
      (filter) => Array.fromAsync(client.workItems.list(projectId, filter)),
      { concurrency: client.concurrency },
    );
    return { workItems: lists.flat().map((item) => workItemResult(projectId, item)) };
  });
}

/** Like `getWorkItems`, with arguments that may be outputs of resources. */
export function getWorkItemsOutput(
  args: InputsOf<GetWorkItemsArgs> = {},
  options?: FunctionOptions,
): pulumi.Output<GetWorkItemsResult> {
  return answerLater(getWorkItems, args, options);
}

/** The filters of the `listWorkItems` requests: a request takes at most 100 batches, and 100 work items fill a page. */
export function filtersOf({
  projectId,
  batchIds,
  workItemIds,
  ...filter
}: z.output<typeof workItemsSchema>): WorkItemFilter[] {
  const [elsewhere] = (batchIds ?? []).flatMap((batchId) => placeFailures({ batchId, projectId }));
  if (elsewhere !== undefined) {
    throw new Refusal(elsewhere.reason);
  }
  const given: WorkItemFilter = visible(filter);
  const batches = batchIds?.map((batchId) => String(batchIdText(batchId)));
  return hundreds(batches).flatMap((batchIds) =>
    hundreds(workItemIds).map((workItemIDs) => ({
      ...given,
      ...(batchIds !== undefined && { batchIds }),
      ...(workItemIDs !== undefined && { workItemIDs }),
    })),
  );
}

/** The ids in groups, each id once: no group for an empty list, and one undefined group if all items are meant. */
function hundreds(ids: readonly string[] | undefined): (string[] | undefined)[] {
  return ids === undefined ? [undefined] : splitIntoGroups([...new Set(ids)], itemsPerRequest);
}
