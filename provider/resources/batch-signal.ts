// BatchSignal: a signal to the work items of a batch, sent once.
//
//   create → listWorkItems: the items to signal, one listing for each status
//            signalWorkItems: 100 items a request
//            listWorkItems: their statuses after it
//   read   → nothing: what was sent stays sent
//   update → like create, for those that failed
//   delete → nothing: what was sent stays sent

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { SignalName } from "../api/signals.ts";
import { listBatchesOnce } from "../items/batches.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import { Failures } from "../lifecycle/failures.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures, setId } from "../lifecycle/ids.ts";
import { type Lifecycle, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource, fromText } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import {
  Delivery,
  type KnownTarget,
  type Signaled,
  signaledBy,
  signaledOutputs,
  throwIfFailed,
} from "../signals/send-signal.ts";
import { allowedFrom } from "../signals/transitions.ts";

/** The inputs of a signal to a batch. */
export interface BatchSignalArgs {
  /**
   * What to send: `start`, `release`, `complete`, `cancel` or `reopen`. Operation `signalWorkItems`, 100 items a
   * request. Changing it replaces the signal: it is sent to the items that the batch has then.
   */
  signal: pulumi.Input<SignalName>;
  /**
   * The batch: a batch's `batchId` or `id`. The signal goes to the items that it has at that time, so depend on the
   * resources that make them. Changing it replaces the signal.
   */
  batchId: pulumi.Input<number | string>;
  /**
   * Only items with this status get the signal: `NEW`, `IN_PROGRESS`, `COMPLETED` or `FAILED`. Default: the statuses
   * from which the signal is allowed as far as is known: `start` from `NEW`, `release` and `complete` from
   * `IN_PROGRESS`, `cancel` from both, `reopen` from `COMPLETED` and `FAILED`. Changing it replaces the signal.
   */
  status?: pulumi.Input<"NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED">;
  /** Comments for the people, sent to each item. Default: none. Changing it replaces the signal. */
  feedback?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Any values, as in `command.local.Command`: changing one sends the signal again, to the items that the batch has
   * then. Default: none. Changing it replaces the signal.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the signal.
   */
  projectId?: pulumi.Input<string>;
}

interface Inputs {
  projectId: string;
  signal: SignalName;
  batchId: string;
  status?: string;
  feedback?: string[];
  triggers?: unknown[];
}

interface State extends Inputs, Signaled {
  /** Whether some items did not get the signal. */
  incomplete?: boolean;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  signal: fields.signal,
  batchId: fields.batch,
  status: fields.status.optional(),
  feedback: fields.comments.optional(),
  triggers: fields.triggers.optional(),
});

/** What a change of each field requires. */
export const batchSignalMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  signal: "replace",
  batchId: "replace",
  status: "replace",
  feedback: "replace",
  triggers: "replace",
};

const outputs = [...Object.keys(batchSignalMutability), ...signaledOutputs];

export const batchSignalLifecycle: Lifecycle<Inputs, State> = {
  asText: ["signaledIds"],
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const inputs: Plain = { projectId: defaults.projectId, ...news };
    const failures = [...findFailures(schema, inputs), ...placeFailures(inputs)];
    inputs.batchId = batchIdText(inputs.batchId);
    return { inputs, failures };
  },

  diff(olds, news) {
    const { changed, replaces } = differenceByField<Inputs>(batchSignalMutability, olds, news);
    // Refresh calls this with the sides swapped.
    const isIncomplete = [olds, news].some((side: Partial<State>) => side.incomplete === true);
    return { changed: changed || isIncomplete, replaces };
  },

  async create(platform, inputs) {
    const id = setId(inputs.projectId, platform.owner);
    return { id, state: await send(platform, id, [], inputs) };
  },

  async read(_platform, _id, olds) {
    return { state: olds as State };
  },

  async update(platform, id, olds, news) {
    return send(platform, id, olds.signaledIds, news);
  },

  async delete() {},
};

/** Sends the signal to the items that have not got it. */
async function send(
  platform: Platform,
  id: string,
  before: readonly string[],
  inputs: Inputs,
): Promise<State> {
  const { projectId, signal, status } = inputs;
  const statuses = status === undefined ? allowedFrom[signal] : [status];
  const targets = await targetsOf(platform, inputs, statuses, new Set(before));
  const delivery = new Delivery(platform, { projectId, signal, statuses }, new Failures());
  await delivery.run(targets);
  const state: State = {
    ...inputs,
    ...(await signaledBy(platform, projectId, before, delivery)),
    ...(delivery.failures.size > 0 && { incomplete: true }),
  };
  throwIfFailed(delivery, id, state, { signal, of: targets.length });
  return state;
}

/** The items of the batch that have one of the statuses, without those that already got the signal. */
async function targetsOf(
  { client }: Platform,
  { projectId, batchId, feedback = [] }: Inputs,
  statuses: readonly string[],
  before: ReadonlySet<string>,
): Promise<KnownTarget[]> {
  const targets = new Map<string, KnownTarget>();
  for (const status of statuses) {
    for await (const item of client.workItems.list(projectId, { batchIds: [batchId], status })) {
      const { id } = item;
      if (!before.has(id)) {
        // An item's status may change between two listings: the last listing that has the item counts.
        targets.set(id, {
          id,
          name: id,
          comments: feedback,
          mayBeDone: false,
          status: item.status,
        });
      }
    }
  }
  if (targets.size === 0 && !(await listBatchesOnce(client, projectId)).has(batchId)) {
    throw new Refusal(`batchId ${batchId} is not a batch of project ${projectId}`);
  }
  return [...targets.values()];
}

/**
 * A signal to the work items of a batch, sent once: it is sent again only if `triggers` or what is sent changes. It
 * does not reach items that the batch gets later, or that the platform does not list yet. Destroying it does nothing on
 * the platform, which cannot take a signal back.
 */
export class BatchSignal extends DynamicResource {
  static readonly __pulumiType = typeToken("BatchSignal");

  /** The signal. */
  declare readonly signal: pulumi.Output<SignalName>;
  /** The platform's id of the batch, an int64 as text. */
  declare readonly batchId: pulumi.Output<string>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The ids of the work items that got the signal. */
  declare readonly signaledIds: pulumi.Output<string[]>;
  /** How many items these are; 0 if the batch had none with such a status. */
  declare readonly signaled: pulumi.Output<number>;
  /** When the signal was sent, ISO 8601. */
  declare readonly signaledAt: pulumi.Output<string>;
  /** How many of these items had each status right after it was sent. A refresh does not read them again. */
  declare readonly statuses: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: BatchSignalArgs, options?: pulumi.CustomResourceOptions) {
    super("BatchSignal", name, { ...args }, outputs, options);
    this.signaledIds = fromText(this.signaledIds);
  }
}
