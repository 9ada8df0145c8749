// BatchCompletion: waits until the work items of a batch, or of a list, are completed.
//
//   create → listBatches: how many of the batch are completed
//            listWorkItems: which of them are FAILED, while some are not completed
//            listWorkItems: the statuses of a list, 100 items a request
//            again and again until enough are completed
//   read   → nothing: what was reached stays reached
//   update → like create
//   delete → nothing

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Client } from "../api/client.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures, setId } from "../lifecycle/ids.ts";
import { type Lifecycle, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { eitherFailures, findFailures } from "../lifecycle/validation.ts";
import { DynamicResource, toText } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { readStatuses } from "../signals/statuses.ts";
import { type Counts, waitFor } from "../signals/wait.ts";
import {
  idFailures,
  type WorkItemIds,
  withoutProject,
  workItemIds,
} from "../signals/work-item-ids.ts";

/** The inputs of a wait. */
export interface BatchCompletionArgs {
  /**
   * The batch: a batch's `batchId` or `id`. Operation `listBatches`, and `listWorkItems` for the items that are
   * `FAILED`. It counts the items that the batch has at each look, so depend on the resources that make them. The wait
   * fails if the batch has none at three looks. Either this or `workItemIds`. Changing it replaces the wait.
   */
  batchId?: pulumi.Input<number | string>;
  /**
   * The work items: a list of their `workItemId`s or `id`s, or an object of them by a key of your own, like the `ids`
   * of a `WorkItemSet`; at least one. Operation `listWorkItems`, a request for each 100 at each look: a `batchId` costs
   * less. Either this or `batchId`. A change starts a new wait.
   */
  workItemIds?: pulumi.Input<
    pulumi.Input<string>[] | Readonly<Record<string, pulumi.Input<string>>>
  >;
  /** How many percent must be `COMPLETED`, a whole number, 1 to 100. Default: 100. A change starts a new wait. */
  percent?: pulumi.Input<number>;
  /**
   * Whether items that are `FAILED` (cancelled, or given up) count as not completed. Default: false, they are left out:
   * with `percent: 100` the wait ends when no item is open. A change starts a new wait.
   */
  countFailed?: pulumi.Input<boolean>;
  /**
   * How many minutes the wait may take from its start, above 0 and at most 43200 (30 days). Default: 60. After that the
   * update fails, and the next one continues the wait. Pulumi's `customTimeouts` have no effect on it.
   */
  timeoutMinutes?: pulumi.Input<number>;
  /**
   * The shortest time between two looks in seconds, 0.01 to 300. Default: 5. While nothing changes, the time grows by
   * half at each look, up to 5 minutes; when something changes, it is halved.
   */
  pollSeconds?: pulumi.Input<number>;
  /** Any values: changing one starts a new wait. Default: none. Changing it replaces the wait. */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the wait.
   */
  projectId?: pulumi.Input<string>;
}

interface Inputs {
  projectId: string;
  batchId?: string;
  workItemIds?: WorkItemIds;
  percent: number;
  countFailed: boolean;
  timeoutMinutes: number;
  pollSeconds: number;
  triggers?: unknown[];
}

interface State extends Inputs {
  totalCount: number;
  completedCount: number;
  failedCount: number;
  reachedAt: string;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  batchId: fields.batch.optional(),
  workItemIds: workItemIds
    .refine((ids) => Object.keys(ids).length > 0, {
      error: "must name a work item: there would be nothing to wait for",
    })
    .optional(),
  percent: fields.wholeNumber(1, 100),
  countFailed: fields.flag,
  timeoutMinutes: fields.number(0.0001, 43_200, " (30 days)"),
  pollSeconds: fields.number(0.01, 300),
  triggers: fields.triggers.optional(),
});

/** What a change of each field requires. */
export const batchCompletionMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  batchId: "replace",
  workItemIds: "update",
  percent: "update",
  countFailed: "update",
  timeoutMinutes: "ignore",
  pollSeconds: "ignore",
  triggers: "replace",
};

const outputs = [
  ...Object.keys(batchCompletionMutability),
  "totalCount",
  "completedCount",
  "failedCount",
  "reachedAt",
];

export const batchCompletionLifecycle: Lifecycle<Inputs, State> = {
  asText: ["workItemIds"],
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const inputs: Plain = {
      projectId: defaults.projectId,
      percent: 100,
      countFailed: false,
      timeoutMinutes: 60,
      pollSeconds: 5,
      ...news,
    };
    const failures = [...findFailures(schema, inputs), ...placeFailures(inputs)];
    if (failures.length === 0) {
      failures.push(...idFailures("workItemIds", inputs.workItemIds, inputs.projectId));
    }
    failures.push(...eitherFailures(inputs, "batchId", "workItemIds"));
    inputs.batchId = batchIdText(inputs.batchId);
    inputs.workItemIds = withoutProject(inputs.workItemIds);
    return { inputs, failures };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(batchCompletionMutability, olds, news);
  },

  async create(platform, inputs) {
    const id = setId(inputs.projectId, platform.owner);
    return { id, state: await wait(platform, inputs) };
  },

  async read(_platform, _id, olds) {
    return { state: olds as State };
  },

  async update(platform, _id, _olds, news) {
    return wait(platform, news);
  },

  async delete() {},
};

/** The batch may still be filling, or the platform's counts may lag. */
const looksAtEmpty = 3;

async function wait(platform: Platform, inputs: Inputs): Promise<State> {
  const { client } = platform;
  const { projectId, batchId, workItemIds: ids = {} } = inputs;
  let looks = 0;
  const counts = await waitFor(platform, inputs, async () => {
    if (batchId === undefined) {
      return countItems(client, projectId, Object.values(ids));
    }
    const batch = await countBatch(client, projectId, batchId);
    looks = batch.total === 0 ? looks + 1 : 0;
    if (looks === looksAtEmpty) {
      throw new Refusal(
        `batch ${batchId} has no work items to wait for: name the resources that make them in dependsOn, or remove the wait`,
      );
    }
    return batch;
  });
  return {
    ...inputs,
    totalCount: counts.total,
    completedCount: counts.completed,
    failedCount: counts.failed,
    reachedAt: new Date().toISOString(),
  };
}

async function countBatch(client: Client, projectId: string, batchId: string): Promise<Counts> {
  for await (const batch of client.batches.list(projectId)) {
    if (batch.id === batchId) {
      const total = batch.totalCount ?? 0;
      const completed = batch.completedCount ?? 0;
      const failed = new Set<string>();
      if (completed < total) {
        const filter = { batchIds: [batchId], status: "FAILED" };
        for await (const { id } of client.workItems.list(projectId, filter)) {
          failed.add(id);
        }
      }
      return { total, completed, failed: failed.size, missing: 0 };
    }
  }
  throw new Refusal(`batchId ${batchId} is not a batch of project ${projectId}`);
}

async function countItems(
  client: Client,
  projectId: string,
  ids: readonly string[],
): Promise<Counts> {
  const statuses = await readStatuses(client, projectId, ids);
  const found = Object.values(statuses).reduce((sum, number) => sum + number, 0);
  return {
    total: ids.length,
    completed: statuses.COMPLETED ?? 0,
    failed: statuses.FAILED ?? 0,
    missing: ids.length - found,
  };
}

/**
 * Waits, during an update and never at preview, until the work items of a batch or of a list are completed: resources
 * that depend on it begin then. Once that is reached, it stays reached until its declaration changes.
 */
export class BatchCompletion extends DynamicResource {
  static readonly __pulumiType = typeToken("BatchCompletion");

  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The platform's id of the batch, if one is declared. */
  declare readonly batchId: pulumi.Output<string | undefined>;
  /** How many work items there were when it was reached, including those that were `FAILED`. */
  declare readonly totalCount: pulumi.Output<number>;
  /** How many of them were completed. */
  declare readonly completedCount: pulumi.Output<number>;
  /** How many of them were `FAILED`. */
  declare readonly failedCount: pulumi.Output<number>;
  /** When it was reached, ISO 8601. */
  declare readonly reachedAt: pulumi.Output<string>;

  constructor(name: string, args: BatchCompletionArgs, options?: pulumi.CustomResourceOptions) {
    const { workItemIds: ids, ...others } = args;
    super(
      "BatchCompletion",
      name,
      { ...others, ...(ids !== undefined && { workItemIds: toText(ids) }) },
      outputs,
      options,
    );
  }
}
