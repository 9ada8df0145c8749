// WorkItemSignal: a signal to one work item, or to many, sent once.
//
//   create → listWorkItems: their statuses, 100 items a request
//            signalWorkItem to the one of `workItemId`
//            signalWorkItems to those of `workItemIds`, 100 items a request
//            listWorkItems: their statuses after it
//   read   → nothing: what was sent stays sent
//   update → like create, for those that are new, that have other comments, or that failed
//   delete → nothing: what was sent stays sent

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { SignalInput, SignalName } from "../api/signals.ts";
import { differenceByField, isEqual, type Mutability } from "../lifecycle/diff.ts";
import { Failures } from "../lifecycle/failures.ts";
import * as fields from "../lifecycle/fields.ts";
import { setId } from "../lifecycle/ids.ts";
import type { Failure, Lifecycle, Platform } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { hasUnknown } from "../lifecycle/unknown-values.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource, fromText, toText } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import {
  Delivery,
  lookAt,
  type Signaled,
  signaledBy,
  signaledOutputs,
  type Target,
  throwIfFailed,
} from "../signals/send-signal.ts";
import {
  idFailures,
  namedIds,
  type WorkItemIds,
  withoutProject,
  workItemId,
  workItemIds,
} from "../signals/work-item-ids.ts";

/** The inputs of a signal to work items. */
export interface WorkItemSignalArgs {
  /**
   * What to send: `start`, `release`, `complete`, `cancel` or `reopen`. Operations `signalWorkItems` and
   * `signalWorkItem`. As far as is known, `start` is allowed from `NEW`, `release` and `complete` from `IN_PROGRESS`,
   * `cancel` from both, and `reopen` from `COMPLETED` and `FAILED`; from other statuses the platform refuses the
   * signal. Changing it replaces the signal: it is sent to all items.
   */
  signal: pulumi.Input<SignalName>;
  /**
   * The only work item: its `workItemId` or `id`. Operation `signalWorkItem`. Either this or `workItemIds`. Changing it
   * replaces the signal.
   */
  workItemId?: pulumi.Input<string>;
  /**
   * The work items: a list of their `workItemId`s or `id`s, or an object of them by a key of your own, like the `ids`
   * of a `WorkItemSet`. Operation `signalWorkItems`, 100 a request. Items added later get the signal then; for items
   * taken out, nothing is taken back. Either this or `workItemId`.
   */
  workItemIds?: pulumi.Input<
    pulumi.Input<string>[] | Readonly<Record<string, pulumi.Input<string>>>
  >;
  /**
   * Comments for the people, sent to each of `workItemIds`; not together with `workItemId`, because `signalWorkItem`
   * takes none. Default: none. A change sends the signal again with the new comments.
   */
  feedback?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Comments for single items, which replace `feedback` for them: by the key in `workItemIds`, or by the id if that is
   * a list. Default: none. A change sends the signal again with the new comments, to the items that it concerns.
   */
  feedbackOf?: pulumi.Input<Readonly<Record<string, pulumi.Input<pulumi.Input<string>[]>>>>;
  /**
   * The type of the task, for example `labeling` or `review`; with `workItemId` only. Operation `signalWorkItem`.
   * Default: `labeling`. Changing it replaces the signal.
   */
  taskType?: pulumi.Input<string>;
  /**
   * Who the task is assigned to, for example the worker's email address; with `workItemId` only. Operation
   * `signalWorkItem`. Default: nobody is named. Changing it replaces the signal.
   */
  assignee?: pulumi.Input<string>;
  /**
   * The outcome of completed work, `OK` or `NOT_OK`; with `workItemId` only. Operation `signalWorkItem`. Default: `OK`.
   * Changing it replaces the signal.
   */
  signalOutcome?: pulumi.Input<SignalInput["signalOutcome"]>;
  /**
   * Whether items that already have the status that the signal leads to count as signaled, and are sent nothing.
   * Default: false, they are sent the signal, which the platform refuses. Set it to continue after an update that was
   * killed.
   */
  skipDone?: pulumi.Input<boolean>;
  /**
   * Any values, as in `command.local.Command`: changing one sends the signal to all items again. Default: none.
   * Changing it replaces the signal.
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
  workItemId?: string;
  workItemIds?: WorkItemIds;
  feedback?: string[];
  feedbackOf?: Record<string, string[]>;
  taskType?: string;
  assignee?: string;
  signalOutcome?: SignalInput["signalOutcome"];
  skipDone?: boolean;
  triggers?: unknown[];
}

interface State extends Inputs, Signaled {
  /** Items that may have got the signal: its answer was lost, and the platform no longer answered. */
  unclearIds?: string[];
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  signal: fields.signal,
  workItemId: workItemId.optional(),
  workItemIds: workItemIds.optional(),
  feedback: fields.comments.optional(),
  feedbackOf: z
    .record(z.string(), fields.comments, { error: "must be an object of comments by item" })
    .optional(),
  taskType: fields.text.optional(),
  assignee: fields.text.optional(),
  signalOutcome: fields.oneOf("OK", "NOT_OK").optional(),
  skipDone: fields.flag.optional(),
  triggers: fields.triggers.optional(),
});

/** What a change of each field requires. */
export const workItemSignalMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  signal: "replace",
  workItemId: "replace",
  workItemIds: "update",
  feedback: "update",
  feedbackOf: "update",
  taskType: "replace",
  assignee: "replace",
  signalOutcome: "replace",
  skipDone: "ignore",
  triggers: "replace",
};

const outputs = [...Object.keys(workItemSignalMutability), ...signaledOutputs];

export const workItemSignalLifecycle: Lifecycle<Inputs, State> = {
  asText: ["workItemIds", "feedbackOf", "signaledIds", "unclearIds"],
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const ofOne = { taskType: "labeling", signalOutcome: "OK" };
    const inputs: Plain = {
      projectId: defaults.projectId,
      ...(news.workItemId !== undefined && ofOne),
      ...news,
    };
    const failures = findFailures(schema, inputs);
    const { workItemId: one, workItemIds: many, projectId } = inputs;
    if (failures.length === 0) {
      failures.push(
        ...idFailures("workItemId", one, projectId),
        ...idFailures("workItemIds", many, projectId),
        ...formFailures(inputs),
      );
    }
    inputs.workItemId = withoutProject(one);
    inputs.workItemIds = withoutProject(many);
    return { inputs, failures };
  },

  diff(olds, news) {
    const { replaces } = differenceByField<Inputs>(workItemSignalMutability, olds, news);
    const isLater = hasUnknown([news.workItemIds, news.feedback, news.feedbackOf]);
    const changed = replaces.length > 0 || isLater || !isEqual(gotten(olds), gotten(news));
    return { changed, replaces };
  },

  async create(platform, inputs) {
    const id = setId(inputs.projectId, platform.owner);
    const nothing = { signaledIds: [], signaled: 0, signaledAt: "", statuses: {} };
    return { id, state: await send(platform, id, { ...inputs, ...nothing }, inputs) };
  },

  async read(_platform, _id, olds) {
    return { state: olds as State };
  },

  async update(platform, id, olds, news) {
    return send(platform, id, olds, news);
  },

  async delete() {},
};

/** What is wrong with the combination of fields that are valid on their own. */
function formFailures(inputs: Plain): Failure[] {
  const { workItemId: one, workItemIds: many, feedbackOf } = inputs;
  if ((one === undefined) === (many === undefined)) {
    const reason = "workItemId or workItemIds must be given, and not both";
    return [{ property: "workItemIds", reason }];
  }
  const misplaced = (names: string[], why: string): Failure[] =>
    names
      .filter((name) => inputs[name] !== undefined)
      .map((property) => ({ property, reason: `${property} ${why}` }));
  if (one !== undefined) {
    const why =
      "goes with workItemIds only, as the signal to one work item (signalWorkItem) takes no comments: use workItemIds: [id]";
    return misplaced(["feedback", "feedbackOf"], why);
  }
  const why = "goes with workItemId only, as the signal to many (signalWorkItems) does not take it";
  const failures = misplaced(["taskType", "assignee", "signalOutcome"], why);
  if (!hasUnknown([many, feedbackOf])) {
    const names = new Set(namedIds(many as WorkItemIds).map(([name]) => name));
    const unlisted = Object.keys(feedbackOf ?? {}).find((name) => !names.has(name));
    if (unlisted !== undefined) {
      const reason = `feedbackOf names "${unlisted}", which is not in workItemIds`;
      failures.push({ property: "feedbackOf", reason });
    }
  }
  return failures;
}

/** The items that are to get the signal. */
function targetsOf(inputs: Inputs): Target[] {
  const { workItemId: one, workItemIds: many = one === undefined ? [] : [one] } = inputs;
  return namedIds(many).map(([name, id]) => ({
    name,
    id,
    comments: valueAt(inputs.feedbackOf, name) ?? inputs.feedback ?? [],
    mayBeDone: false,
  }));
}

/** The comments that each item got or is to get. Of the two sides of a diff, only one may know who got the signal. */
function gotten(side: Inputs & Partial<State>): Record<string, readonly string[]> {
  const ids = side.signaledIds && new Set(side.signaledIds);
  const targets = targetsOf(side).filter(({ id }) => ids === undefined || ids.has(id));
  return Object.fromEntries(targets.map(({ id, comments: got }) => [id, got]));
}

/** Sends the signal to those that have not got it in the declared form. */
async function send(platform: Platform, id: string, olds: State, news: Inputs): Promise<State> {
  const { projectId, signal, taskType, assignee, signalOutcome, skipDone } = news;
  const before = gotten(olds);
  const unclear = new Set(olds.unclearIds);
  const wanted = targetsOf(news);
  const kept = wanted.filter((target) => isEqual([before[target.id]], [target.comments]));
  const keptIds = new Set(kept.map((target) => target.id));
  const targets = wanted
    .filter((target) => !keptIds.has(target.id))
    .map((target) => ({ ...target, mayBeDone: unclear.has(target.id) }));
  if (targets.length === 0) {
    const { unclearIds: _settled, ...state } = olds;
    return { ...state, ...news, signaledIds: [...keptIds].sort(), signaled: keptIds.size };
  }
  const single = taskType !== undefined &&
    signalOutcome !== undefined && {
      single: { taskType, ...(assignee !== undefined && { assignee }), signalOutcome },
    };
  const failures = new Failures();
  const delivery = new Delivery(
    platform,
    { projectId, signal, ...single, ...(skipDone !== undefined && { skipDone }) },
    failures,
  );
  await delivery.run(await lookAt(platform, projectId, targets, failures));
  const state: State = {
    ...news,
    ...(await signaledBy(platform, projectId, keptIds, delivery)),
    ...(delivery.unclear.length > 0 && { unclearIds: delivery.unclear }),
  };
  throwIfFailed(delivery, id, state, { signal, of: targets.length });
  return state;
}

/**
 * A signal to one work item or to many, sent once: it is sent again only if `triggers` or what is sent changes.
 * Destroying it does nothing on the platform, which cannot take a signal back.
 */
export class WorkItemSignal extends DynamicResource {
  static readonly __pulumiType = typeToken("WorkItemSignal");

  /** The signal. */
  declare readonly signal: pulumi.Output<SignalName>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The ids of the work items that got the signal. */
  declare readonly signaledIds: pulumi.Output<string[]>;
  /** How many items these are. */
  declare readonly signaled: pulumi.Output<number>;
  /** When the signal was last sent, ISO 8601. */
  declare readonly signaledAt: pulumi.Output<string>;
  /** How many of these items had each status right after it was last sent. A refresh does not read them again. */
  declare readonly statuses: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: WorkItemSignalArgs, options?: pulumi.CustomResourceOptions) {
    const { workItemIds: ids, feedbackOf, ...others } = args;
    super(
      "WorkItemSignal",
      name,
      {
        ...others,
        ...(ids !== undefined && { workItemIds: toText(ids) }),
        ...(feedbackOf !== undefined && { feedbackOf: toText(feedbackOf) }),
      },
      outputs,
      options,
    );
    this.signaledIds = fromText(this.signaledIds);
  }
}
