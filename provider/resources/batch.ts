// Batch: a named group of work items in a project.
//
//   create → S3 POST  …/batches            and S5 PATCH where it has metadata; S4 and S10 where the name is taken
//   read   → S4 GET   …/batches            found in the listing, as there is no single get
//   update → S5 PATCH …/batches/{batchId}
//   delete → S5 PATCH …/batches/{batchId}  marks it as released, as the platform cannot delete

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import { ApiError, BadRequestError, ConflictError, NotFoundError } from "../api/errors.ts";
import { batchesOf, findBatch, forgetBatches, releasedKey, withoutMark } from "../items/batches.ts";
import { readMark } from "../items/mark.ts";
import { differenceByField, isEqual, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, PartialFailure, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { stackText } from "../lifecycle/urns.ts";
import { failuresOf } from "../lifecycle/validation.ts";
import { DynamicResource } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { isUnknown } from "../pulumi/unknowns.ts";

/** What a batch is declared with. */
export interface BatchArgs {
  /**
   * The name of the batch: not empty, unique in the project. Renamed in place. Operations S3 and S5.
   * Fails when another batch of the project has the name already, unless `adopt` is set.
   */
  name: pulumi.Input<string>;
  /**
   * Free metadata of the batch, stored and not processed. Default: none. Replaced as a whole, in place.
   * Operation S5.
   */
  metadata?: pulumi.Input<Record<string, unknown>>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the batch.
   */
  projectId?: pulumi.Input<string>;
  /**
   * Whether a batch that has this name already is taken over instead of being an error. Default: false.
   * Its metadata becomes what is declared here, if anything is; its work items stay as they are. Which
   * batch that is, a preview tells.
   */
  adopt?: pulumi.Input<boolean>;
}

interface Inputs {
  projectId: string;
  name: string;
  metadata?: Record<string, unknown>;
  adopt?: boolean;
}

interface State extends Omit<Inputs, "adopt"> {
  batchId: string;
  createdBy: string | undefined;
  createdAt: string | undefined;
  totalCount: number;
  completedCount: number;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  name: fields.text,
  metadata: fields.metadata(releasedKey).optional(),
  adopt: fields.flag.optional(),
});

/** What a change of each field asks for. */
export const batchMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  name: "update",
  metadata: "update",
  adopt: "ignore",
};

const outputs = [
  "projectId",
  "name",
  "metadata",
  "batchId",
  "createdBy",
  "createdAt",
  "totalCount",
  "completedCount",
];

/** How far the clocks of the platform's own machines may be apart. */
const clockSkewMs = 5 * 60_000;
const attempts = 3;
/** Batches that a client took over: one whose old declaration goes in the same update is not let go. The client lives as long as the process. */
const takenNow = new WeakMap<Client, Set<string>>();

export const batchLifecycle: Lifecycle<Inputs, State> = {
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const inputs = { projectId: defaults.projectId, ...news };
    return { inputs, failures: failuresOf(schema, inputs) };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(batchMutability, olds, news);
  },

  async foresee(platform, { projectId, name }, olds) {
    if (Object.keys(olds).length > 0 || isUnknown(projectId) || isUnknown(name)) {
      return;
    }
    const existing = await findBatch(platform.client, projectId, name);
    platform.info(
      existing === undefined
        ? `there is no batch "${name}" to take over: it is created`
        : `takes over the existing batch ${existing.id} "${name}" with ${workItems(existing)}`,
    );
  },

  async create(platform, inputs) {
    const batch = await createOrTake(platform, inputs);
    forgetBatches(platform.client, inputs.projectId);
    const id = `${inputs.projectId}/${batch.id}`;
    const metadata = inputs.metadata ?? withoutMark(batch);
    if (isEqual(metadata, batch.metadata)) {
      return { id, state: stateOf(inputs, batch) };
    }
    try {
      const changes = { metadata };
      const updated = await platform.client.batches.update(inputs.projectId, batch.id, changes);
      forgetBatches(platform.client, inputs.projectId);
      return { id, state: stateOf(inputs, { ...batch, ...updated }) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (inputs.metadata === undefined) {
        platform.warn(`batch "${inputs.name}" is still marked as released: ${message}`);
        return { id, state: stateOf(inputs, batch) };
      }
      throw new PartialFailure(
        id,
        stateOf({ ...inputs, metadata: batch.metadata ?? {} }, batch),
        message,
      );
    }
  },

  async read({ client, warn }, id, olds) {
    const [projectId, batchId] = splitId(id, "batch");
    const batch = (await batchesOf(client, projectId)).get(batchId);
    if (batch === undefined) {
      if (olds.name === undefined) {
        return undefined;
      }
      warn(`${notListedText(olds.name)}. The state keeps it`);
      return { state: olds as State };
    }
    // Metadata that was never declared is not this stack's to judge; a first read takes it all.
    const declared = olds.name === undefined || olds.metadata !== undefined;
    const inputs: Inputs = {
      projectId,
      name: batch.name,
      ...(declared && { metadata: withoutMark(batch) }),
    };
    return { inputs, state: stateOf(inputs, batch) };
  },

  async update({ client }, id, olds, news) {
    const [projectId, batchId] = splitId(id, "batch");
    const changes = {
      ...(olds.name !== news.name && { name: news.name }),
      ...(!isEqual(olds.metadata, news.metadata) && { metadata: news.metadata ?? {} }),
    };
    if (Object.keys(changes).length === 0) {
      return olds;
    }
    try {
      const batch = await client.batches.update(projectId, batchId, changes);
      forgetBatches(client, projectId);
      const { createdAt, createdBy, totalCount, completedCount } = olds;
      return stateOf(news, { createdAt, createdBy, ...batch, totalCount, completedCount });
    } catch (error) {
      if (error instanceof ConflictError) {
        throw new Refusal(
          `name "${news.name}" is taken by another batch of the project: choose another name. ${error.message}`,
        );
      }
      throw error;
    }
  },

  async delete(platform, id, olds) {
    const [projectId, batchId] = splitId(id, "batch");
    const kept = `batch "${olds.name}" is kept on the platform, which cannot delete batches`;
    try {
      const batch = (await batchesOf(platform.client, projectId)).get(batchId);
      if (takenNow.get(platform.client)?.has(id)) {
        return;
      }
      if (batch === undefined) {
        platform.warn(`${notListedText(olds.name)}. ${unmarked}`);
        return;
      }
      const metadata = { ...batch.metadata, [releasedKey]: new Date().toISOString() };
      await platform.client.batches.update(projectId, batchId, { metadata });
      platform.info(kept);
    } catch (error) {
      // A redirect is nobody's refusal.
      const isRefused = error instanceof BadRequestError && (error.status ?? 0) >= 400;
      if (isRefused || error instanceof NotFoundError) {
        platform.warn(`${kept}. ${unmarked}`);
        return;
      }
      throw error;
    }
  },
};

const unmarked = "It could not be marked as released, so declaring it again needs adopt: true";

/** The platform deletes no batch, so one that is not listed says something of the listing. */
function notListedText(name: string): string {
  return `the platform does not list batch "${name}", though it deletes none: the key may have lost rights, or the listing lags behind`;
}

/** Makes the batch, or takes the one that has its name where that is allowed. Never makes a second. */
async function createOrTake(platform: Platform, inputs: Inputs): Promise<BatchWire> {
  const { projectId, name, adopt = false } = inputs;
  const { client } = platform;
  const startedAt = performance.now();
  let mayBeOurs = false;
  for (let attempt = 1; ; attempt += 1) {
    let failure: ApiError;
    try {
      return await client.batches.create(projectId, { name });
    } catch (error) {
      if (
        !(error instanceof ApiError) ||
        !(error instanceof ConflictError || error.outcomeUnknown)
      ) {
        throw error;
      }
      failure = error;
    }
    mayBeOurs ||= failure.outcomeUnknown;
    forgetBatches(client, projectId);
    const existing = await findBatch(client, projectId, name);
    if (existing === undefined) {
      if (failure instanceof ConflictError || attempt === attempts) {
        throw failure;
      }
      continue;
    }
    if (
      mayBeOurs &&
      isBlank(existing) &&
      Date.parse(existing.createdAt ?? "") >= earliestOf(client, startedAt)
    ) {
      // One that somebody else made of the same name in these minutes looks the same.
      platform.info(
        `took batch ${existing.id} for the one that was asked for without a good answer`,
      );
      return existing;
    }
    if (adopt || releasedKey in (existing.metadata ?? {})) {
      const taken = takenNow.get(client) ?? new Set<string>();
      takenNow.set(client, taken.add(`${projectId}/${existing.id}`));
      platform.info(`took over the existing batch "${name}" with ${workItems(existing)}`);
      return existing;
    }
    throw new Refusal(
      `name "${name}" is taken: batch ${existing.id} of project ${projectId} has it, with ${workItems(existing)}${await makersOf(client, projectId, existing.id)}, created ${existing.createdAt ?? "at an unknown time"}. ` +
        "Choose another name, or set adopt: true to manage that batch here (also when an interrupted update of this stack created it)",
    );
  }
}

/** From when on a batch may be one that was asked for. Never, where the platform tells no time. */
function earliestOf({ clock }: Client, startedAt: number): number {
  return (clock.at(startedAt)?.getTime() ?? Number.POSITIVE_INFINITY) - clockSkewMs;
}

function isBlank({ metadata, totalCount }: BatchWire): boolean {
  return (totalCount ?? 0) === 0 && Object.keys(metadata ?? {}).length === 0;
}

/** How many work items of a batch are looked at. */
const mostLooked = 100;

/** Which stacks made the work items of a batch, as far as its first ones tell. */
async function makersOf(client: Client, projectId: string, batchId: string): Promise<string> {
  const makers = new Set<string>();
  let looked = 0;
  for await (const item of client.workItems.list(projectId, { batchIds: [batchId] })) {
    const mark = readMark(item);
    if (mark !== undefined) makers.add(stackText(mark.owner));
    looked += 1;
    if (looked === mostLooked) break;
  }
  return makers.size === 0 ? "" : ` made by ${[...makers].join(" and ")}`;
}

function workItems({ totalCount }: BatchWire): string {
  return totalCount === 1 ? "1 work item" : `${totalCount ?? 0} work items`;
}

function stateOf({ projectId, name, metadata }: Inputs, batch: BatchWire): State {
  return {
    projectId,
    name,
    ...(metadata !== undefined && { metadata }),
    batchId: batch.id,
    createdBy: batch.createdBy ?? undefined,
    createdAt: batch.createdAt ?? undefined,
    totalCount: batch.totalCount ?? 0,
    completedCount: batch.completedCount ?? 0,
  };
}

/** A named group of work items in a project. The platform cannot delete one: destroying keeps it. */
export class Batch extends DynamicResource {
  static readonly __pulumiType = typeToken("Batch");

  /** The name of the batch. */
  declare readonly name: pulumi.Output<string>;
  /** The metadata, where some is declared. */
  declare readonly metadata: pulumi.Output<Record<string, unknown> | undefined>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The platform's id of the batch, an int64 as text. */
  declare readonly batchId: pulumi.Output<string>;
  /** The UUID of the user whose key created the batch. */
  declare readonly createdBy: pulumi.Output<string | undefined>;
  /** When the batch was created, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** How many work items it held when it was last read; `pulumi refresh` reads it. */
  declare readonly totalCount: pulumi.Output<number>;
  /** How many of them were completed then. */
  declare readonly completedCount: pulumi.Output<number>;

  /**
   * Reads a batch that exists, without managing it. Operation S4.
   * @param id `<projectId>/<batchId>`.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): Batch {
    return new Batch(name, undefined, { ...options, id });
  }

  constructor(name: string, args: BatchArgs | undefined, options?: pulumi.CustomResourceOptions) {
    super("Batch", name, { ...args }, outputs, options);
  }
}

/** The batch of a resource as it is registered: where it adopts, a preview needs the name of a batch without id. */
export function batchInput({
  batchId,
  adopt,
}: {
  batchId?: pulumi.Input<number | string> | Batch;
  adopt?: pulumi.Input<boolean>;
}): pulumi.Inputs {
  if (!(batchId instanceof Batch)) {
    return batchId === undefined ? {} : { batchId };
  }
  // The id is known at each preview, what the provider computes is not while the batch changes.
  return { batchId: batchId.id, ...(adopt !== undefined && { __batchName: batchId.name }) };
}
