// WorkItem: one picture for people to label.
//
//   create → listWorkItems: looks for an item that an interrupted update left, that moves here or is to be adopted;
//            listBatches before that, to find the batch `Default` if no batch is declared
//            createWorkItem if there is no such item, and listWorkItems if its answer is not good; otherwise setLabels,
//            if the labels differ
//   read   → listWorkItems, because there is no single get
//   update → setLabels, and listWorkItems
//   delete → signalWorkItems: cancels, because the platform cannot delete; listWorkItems before it and after it

import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { WorkItemWire } from "../api/work-items.ts";
import { areSameLabels } from "../items/answered.ts";
import { beginCheck, recordHoldings } from "../items/arrivals.ts";
import {
  type AsFound,
  afterReading,
  asAnswered,
  differencesOf,
  notAsFound,
  stillFound,
  withoutFound,
} from "../items/as-found.ts";
import { claim } from "../items/claims.ts";
import { findItem } from "../items/coalesce.ts";
import { createOnce } from "../items/create-once.ts";
import * as deadline from "../items/deadline.ts";
import { endItem } from "../items/ending.ts";
import { foreseeItems } from "../items/foresee.ts";
import {
  digestItem,
  type Item,
  itemFailures,
  itemMutability,
  itemNow,
  itemSchema,
  toWire,
} from "../items/item.ts";
import type { ImageLabelArgs, VideoLabelArgs } from "../items/labels.ts";
import { localAssetHint } from "../items/local-asset.ts";
import { makeMark } from "../items/mark.ts";
import { type Origin, originOf, refuseOthers } from "../items/origin.ts";
import { updateProvenance } from "../items/provenance.ts";
import { itemOf, listHoldings, lookForAny, toWanted } from "../items/single.ts";
import {
  endingWarning,
  notListed,
  notListedText,
  type OnWorkInProgress,
} from "../items/work-in-progress.ts";
import { differenceByField, isEqual, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures, splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, PartialFailure, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource, endedFirst } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { type Batch, batchInput } from "./batch.ts";
import { SignedUpload } from "./signed-upload.ts";

/** The inputs of a work item. */
export interface WorkItemArgs {
  /**
   * The picture: a `SignedUpload`, the path of a file in the space, or a URL that the platform can read.
   * Changing it replaces the work item.
   */
  assetUrl: pulumi.Input<string> | SignedUpload;
  /** The platform's id of the asset, an int64 of 0 or more. Changing it replaces the work item. */
  assetId?: pulumi.Input<number | string>;
  /** What the asset is: `image`, `video` or `external`. Default: `image`. Changing it replaces the work item. */
  assetType?: pulumi.Input<"image" | "video" | "external">;
  /**
   * The batch: a `Batch`, or a batch's `batchId` or `id`. Default: the project's batch `Default`.
   * Changing it replaces the work item.
   */
  batchId?: pulumi.Input<number | string> | Batch;
  /** A URL where the results are available. Changing it replaces the work item. */
  resultsUrl?: pulumi.Input<string>;
  /** The UUID of the taxonomy version to label with. Changing it replaces the work item. */
  taxonomyVersionId?: pulumi.Input<string>;
  /** Free metadata, which the platform stores but does not process. Changing it replaces the work item. */
  metadata?: pulumi.Input<Record<string, unknown>>;
  /**
   * The http or https URL to which the platform posts each change of the status; see `verifyWebhook`. It is kept as the
   * entry `callbackUrl` of the metadata. Changing it replaces the work item.
   */
  callbackUrl?: pulumi.Input<string>;
  /**
   * The deadline in seconds after the creation, 1 to 2592000 (30 days). Changing it replaces the work item. Not
   * together with `dueAt`.
   */
  dueInSeconds?: pulumi.Input<number>;
  /**
   * The deadline as a moment, ISO 8601 with a time zone: in the future and at most 30 days away when the work item is
   * created. Changing it replaces the work item. Not together with `dueInSeconds`.
   */
  dueAt?: pulumi.Input<string>;
  /** How hard the work is, 0 to 100. Changing it replaces the work item. */
  difficulty?: pulumi.Input<number>;
  /** Pre-labels. Default: none. Replaced as a whole, in place. Operation `setLabels`. */
  labels?: pulumi.Input<pulumi.Input<ImageLabelArgs | VideoLabelArgs>[]>;
  /**
   * What deleting or replacing the work item does once people have started on it or finished it. `refuse`, the default,
   * is an error, so that no work is lost. `cancel` cancels work in progress, and leaves finished work where it is, no
   * longer managed. The value of the last update counts: set it first, then delete.
   */
  onWorkInProgress?: pulumi.Input<"refuse" | "cancel">;
  /**
   * Whether to adopt an existing work item of the batch instead of creating a new one: the one that carries this
   * declaration's key, or else one made by hand or by a script with the same `assetUrl`. Default: false. It gets the
   * declared labels; anything else that differs stays as it is, with a warning. An item that another declaration made
   * is never adopted: that is an error. A preview says which item it is. Operations `listWorkItems` and `setLabels`.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * The names or URNs of declarations of this stack from which a work item moves here: an item that is removed from the
   * program in the same update, and is declared identically here except for its labels, keeps its id, whether or not
   * people have begun. An item that leaves a set that stays moves by itself, without `movedFrom`. Default: none.
   * Operation `listWorkItems`.
   */
  movedFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the work item.
   */
  projectId?: pulumi.Input<string>;
}

interface Inputs extends Item {
  projectId: string;
  batchId?: string;
  onWorkInProgress?: OnWorkInProgress;
  adopt?: boolean;
  movedFrom?: string[];
}

interface State extends Omit<Inputs, "adopt" | "movedFrom">, Origin {
  workItemId: string;
  status: string;
  createdAt: string | undefined;
  updatedAt: string | undefined;
  deadline: string | undefined;
  /** Fields that the platform shows differently than declared, in an adopted item or in its answer to a creation. */
  asFound?: AsFound;
}

const schema = z.strictObject({
  ...itemSchema,
  projectId: fields.place("projectId"),
  batchId: fields.batch.optional(),
  onWorkInProgress: fields.oneOf("refuse", "cancel").optional(),
  adopt: fields.flag.optional(),
  movedFrom: fields.names.optional(),
});

/** What a change of each field requires. */
export const workItemMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  ...itemMutability,
  projectId: "replace",
  batchId: "replace",
  onWorkInProgress: "update",
  adopt: "ignore",
  movedFrom: "ignore",
};

const outputs = [
  ...Object.keys(workItemMutability).filter((field) => field !== "adopt" && field !== "movedFrom"),
  "workItemId",
  "status",
  "createdAt",
  "updatedAt",
  "deadline",
];

export const workItemLifecycle: Lifecycle<Inputs, State> = {
  // The old item ends first: if its work must not be lost, nothing new may be made either.
  deleteBeforeReplace: true,
  readsById: true,
  stable: ["workItemId", "createdAt", "deadline"],
  idsOf: ({ workItemId }) => (workItemId === undefined ? [] : [workItemId]),

  async check(news, olds, defaults) {
    const inputs: Plain = { projectId: defaults.projectId, assetType: "image", ...news };
    const failures = [...findFailures(schema, inputs), ...placeFailures(inputs)];
    inputs.batchId = batchIdText(inputs.batchId);
    inputs.assetId = typeof inputs.assetId === "number" ? String(inputs.assetId) : inputs.assetId;
    inputs.dueAt = deadline.canonical(inputs.dueAt);
    // When the engine replaces the item, it asks again without the old inputs, because the item is then made anew.
    const isMade =
      inputs.adopt !== true &&
      (Object.keys(olds).length === 0 || deadline.canonical(olds.dueAt) !== inputs.dueAt);
    if (failures.length === 0) {
      failures.push(...itemFailures(inputs, isMade));
    }
    return { inputs, failures, warning: await localAssetHint(inputs.assetUrl, olds.assetUrl) };
  },

  diff(olds, news, owner) {
    const { changed, replaces: all } = differenceByField<Inputs>(workItemMutability, olds, news);
    const replaces = notAsFound(all, news, olds.asFound);
    const warning =
      replaces.length > 0
        ? endingWarning(olds, `replacing it (changed: ${replaces.join(", ")})`, owner)
        : undefined;
    return { changed, replaces, ...(warning !== undefined && { warning }) };
  },

  async foresee(platform, inputs, olds, batchName) {
    if (Object.keys(olds).length === 0) {
      await foreseeItems(platform, inputs, batchName, toWanted(platform, inputs));
    }
  },

  beginCheck,

  recordHoldings(platform, olds, news) {
    recordHoldings(platform, listHoldings(platform, olds, news));
  },

  async create(platform, inputs) {
    const { projectId } = inputs;
    const { adopted, moved, taken } = await lookForAny(platform, inputs);
    const now = platform.client.clock.now();
    const [tooLate] = taken === undefined ? deadline.failures({ ...inputs }, true, now) : [];
    if (tooLate !== undefined) {
      throw new Refusal(tooLate.reason);
    }
    const incarnation = randomUUID();
    const declared = itemOf(inputs);
    const mark = makeMark(platform, { incarnation, declared: digestItem(declared) });
    const wire = toWire(declared, now);
    const item = taken ?? (await createOnce(platform, inputs, wire, mark, new Set()));
    claim(platform, item.id);
    await updateProvenance(platform, projectId, inputs.batchId);
    const id = `${projectId}/${item.id}`;
    const asFound =
      moved?.asFound ?? (adopted ? differencesOf(adopted, declared) : asAnswered(item, declared));
    const isLabelled =
      taken === undefined ||
      areSameLabels(inputs.labels ?? [], taken.labels ?? []) ||
      (adopted !== undefined && inputs.labels === undefined);
    const known = { asFound, incarnation };
    try {
      if (!isLabelled) {
        await platform.client.workItems.setLabels(projectId, item.id, inputs.labels ?? []);
      }
    } catch (error) {
      const state = stateOf({ ...inputs, labels: item.labels ?? [] }, item, known);
      throw error instanceof Error ? new PartialFailure(id, state, error.message) : error;
    }
    return { id, state: stateOf(inputs, item, known) };
  },

  async read(platform, id, olds) {
    const [projectId, workItemId] = splitId(id, "work item");
    const item = await findItem(platform.client, projectId, workItemId);
    const isFirst = olds.assetUrl === undefined;
    if (item === undefined) {
      if (!isFirst) {
        platform.warn(`${notListedText(`work item ${workItemId}`)}. The state keeps it`);
      }
      return isFirst ? undefined : { state: { ...(olds as State), status: notListed } };
    }
    if (item.status === "FAILED") {
      platform.warn(`work item ${workItemId} is FAILED: it was cancelled, or people gave it up`);
    }
    const { onWorkInProgress, asFound } = olds;
    const origin = isFirst ? originOf(platform, item) : olds;
    const declared = itemOf(olds as Inputs);
    const now = itemNow(item, isFirst ? undefined : declared);
    const batchId = isFirst || olds.batchId !== undefined ? item.batchId : undefined;
    const inputs: Inputs = {
      projectId,
      ...(isFirst ? now : withoutFound(now, declared, asFound)),
      ...(batchId != null && { batchId }),
      ...(onWorkInProgress !== undefined && { onWorkInProgress }),
    };
    const left = isFirst ? asFound : afterReading(item, declared, asFound);
    return { inputs, state: stateOf(inputs, item, { ...origin, asFound: left }) };
  },

  async update(platform, id, olds, news) {
    const [projectId, workItemId] = splitId(id, "work item");
    refuseOthers(`work item ${workItemId}`, olds.madeBy);
    if (!isEqual(olds.labels, news.labels)) {
      await platform.client.workItems.setLabels(projectId, workItemId, news.labels ?? []);
      await updateProvenance(platform, projectId, news.batchId);
    }
    const item = await findItem(platform.client, projectId, workItemId);
    if (item === undefined) {
      throw new Refusal(`${notListedText(`work item ${workItemId}`)}. Run the update again later`);
    }
    return stateOf(news, item, { ...olds, asFound: stillFound(olds.asFound, olds, news) });
  },

  async delete(platform, id, olds) {
    const [projectId, workItemId] = splitId(id, "work item");
    refuseOthers(`work item ${workItemId}`, olds.madeBy);
    const { onWorkInProgress: policy = "refuse" } = olds;
    await endItem(platform, projectId, { id: workItemId, policy, counts: "last" });
    await updateProvenance(platform, projectId, olds.batchId);
  },
};

function stateOf(
  { adopt: _, movedFrom: __, ...inputs }: Inputs,
  item: WorkItemWire,
  { asFound, incarnation, madeBy }: Origin & { asFound: AsFound | undefined },
): State {
  return {
    ...inputs,
    ...(incarnation !== undefined && { incarnation }),
    ...(madeBy !== undefined && { madeBy }),
    ...(asFound !== undefined && Object.keys(asFound).length > 0 && { asFound }),
    workItemId: item.id,
    status: item.status,
    createdAt: item.createdAt ?? undefined,
    updatedAt: item.updatedAt ?? undefined,
    deadline: deadline.of(item),
  };
}

/** One picture for people to label. The platform cannot delete one: destroying it cancels the item. */
export class WorkItem extends DynamicResource {
  static readonly __pulumiType = typeToken("WorkItem");

  /** The URL of the picture, or its path in the space. */
  declare readonly assetUrl: pulumi.Output<string>;
  /** What the asset is. */
  declare readonly assetType: pulumi.Output<string>;
  /** The platform's id of the batch, if one is declared. */
  declare readonly batchId: pulumi.Output<string | undefined>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The metadata, if any is declared. */
  declare readonly metadata: pulumi.Output<Record<string, unknown> | undefined>;
  /** The pre-labels, if any are declared. */
  declare readonly labels: pulumi.Output<unknown[] | undefined>;
  /** The deadline in seconds after the creation, if it is declared that way. */
  declare readonly dueInSeconds: pulumi.Output<number | undefined>;
  /** The deadline as declared, if it is declared as a moment. */
  declare readonly dueAt: pulumi.Output<string | undefined>;
  /** How hard the work is, if that is declared. */
  declare readonly difficulty: pulumi.Output<number | undefined>;
  /** The platform's id of the asset, if it is declared. */
  declare readonly assetId: pulumi.Output<string | undefined>;
  /** The URL to which changes of the status are posted, if it is declared. */
  declare readonly callbackUrl: pulumi.Output<string | undefined>;
  /** The URL where the results are available, if it is declared. */
  declare readonly resultsUrl: pulumi.Output<string | undefined>;
  /** The UUID of the taxonomy version, if it is declared. */
  declare readonly taxonomyVersionId: pulumi.Output<string | undefined>;
  /** What deleting the work item does once people have begun, if that is declared. */
  declare readonly onWorkInProgress: pulumi.Output<OnWorkInProgress | undefined>;
  /** The platform's id of the work item, a UUID. */
  declare readonly workItemId: pulumi.Output<string>;
  /**
   * `NEW`, `IN_PROGRESS`, `COMPLETED` or `FAILED` (also: cancelled) when it was last read; the platform may add others.
   * `NOT_LISTED` if the platform did not list it then.
   */
  declare readonly status: pulumi.Output<string>;
  /** When it was created, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** When it last changed, ISO 8601. */
  declare readonly updatedAt: pulumi.Output<string | undefined>;
  /** The deadline as a moment, ISO 8601, if there is one. */
  declare readonly deadline: pulumi.Output<string | undefined>;

  /**
   * Reads an existing work item, without managing it. Operation `listWorkItems`.
   * @param id `<projectId>/<workItemId>`.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): WorkItem {
    return new WorkItem(name, undefined, { ...options, id });
  }

  constructor(
    name: string,
    args: WorkItemArgs | undefined,
    options?: pulumi.CustomResourceOptions,
  ) {
    const assetUrl = args?.assetUrl instanceof SignedUpload ? args.assetUrl.path : args?.assetUrl;
    super(
      "WorkItem",
      name,
      { ...args, assetUrl, ...batchInput(args ?? {}) },
      outputs,
      endedFirst("WorkItem", name, options),
    );
  }
}
