// Batch: a named group of work items in a project.
//
//   create → createBatch, and updateBatch with metadata and mark; listBatches and listWorkItems if the name is
//            taken; listBatches if an answer is missing or does not show the metadata
//   read   → listBatches: found in the listing, because there is no single get
//   update → updateBatch; listBatches if the answer does not show the metadata, or if the provenance is written beside
//            metadata that are not declared
//   delete → listBatches: looks whether another declaration has adopted it
//            updateBatch: marks it as released, or gives it back, because the platform cannot delete

import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import { ConflictError } from "../api/errors.ts";
import {
  addedTo,
  findBatch,
  forgetBatches,
  isSameName,
  listBatchesOnce,
  ownMetadata,
  releasedKey,
} from "../items/batches.ts";
import { createBatch, holderOf, workItems } from "../items/create-batch.ts";
import {
  declarationText,
  type Mark,
  makeMark,
  markEntries,
  readMark,
  toMetadata,
} from "../items/mark.ts";
import { type Origin, originOf, refuseOthers } from "../items/origin.ts";
import { expectProvenance, provenanceFor, provenanceProblem } from "../items/provenance.ts";
import { provenanceEntries } from "../items/provenance-entries.ts";
import { releaseBatch } from "../items/release-batch.ts";
import { notListedText } from "../items/work-in-progress.ts";
import { differenceByField, isEqual, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, PartialFailure, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource, openWhenRead } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";

/** The inputs of a batch. */
export interface BatchArgs {
  /**
   * The name of the batch: not empty, unique in the project. Renamed in place. Operations `createBatch` and
   * `updateBatch`. Fails if another batch of the project already has the name, unless `adopt` is set.
   */
  name: pulumi.Input<string>;
  /**
   * Free metadata of the batch, which the platform stores but does not process. Default: none. Replaced as a whole, in
   * place. Operation `updateBatch`.
   */
  metadata?: pulumi.Input<Record<string, unknown>>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the batch.
   */
  projectId?: pulumi.Input<string>;
  /**
   * Whether to adopt a batch that already has this name, instead of failing. Default: false. If metadata is declared
   * here, it replaces the batch's own; the work items stay as they are. A preview says which batch it is.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Whether the metadata say which revision of the program the batch comes from: repository, commit, and the revision of
   * the data in DVC or lakeFS. Default: the setting `aidp:provenance`, or false. Each update that changes the batch or its
   * work items writes it; a new commit alone changes nothing. The guide `docs/provenance.md` has the entries. Operation
   * `updateBatch`.
   */
  provenance?: pulumi.Input<boolean>;
  /**
   * Local files and folders, such as the manifest and the pictures, whose hashes in DVC the provenance has. Default: none.
   */
  provenanceOf?: pulumi.Input<pulumi.Input<string>[]>;
}

interface Inputs {
  projectId: string;
  name: string;
  metadata?: Record<string, unknown>;
  adopt?: boolean;
  provenance?: boolean;
  provenanceOf?: string[];
}

interface State extends Omit<Inputs, "adopt" | "provenanceOf">, Origin {
  batchId: string;
  createdBy: string | undefined;
  createdAt: string | undefined;
  priority?: number;
  totalCount: number;
  completedCount: number;
  /** The declaration that owned the batch when it was adopted. */
  adoptedFrom?: Mark;
  /** Entries that the platform adds to the metadata. They do not count as anybody's change. */
  added?: string[];
}

interface Life extends Origin {
  adoptedFrom?: Mark | undefined;
  added?: string[] | undefined;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  name: fields.text,
  metadata: fields.metadata(...markEntries, ...provenanceEntries, releasedKey).optional(),
  adopt: fields.flag.optional(),
  provenance: fields.flag.optional(),
  provenanceOf: fields.names.optional(),
});

/** What a change of each field requires. */
export const batchMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  name: "update",
  metadata: "update",
  adopt: "ignore",
  provenance: "update",
  // What it says is read at each update.
  provenanceOf: "ignore",
};

const outputs = [
  "projectId",
  "name",
  "metadata",
  "batchId",
  "createdBy",
  "createdAt",
  "priority",
  "totalCount",
  "completedCount",
];

export const batchLifecycle: Lifecycle<Inputs, State> = {
  deleteBeforeReplace: false,
  readsById: true,
  stable: ["batchId", "createdBy", "createdAt"],

  async check(news, _olds, defaults) {
    const inputs: Plain = {
      projectId: defaults.projectId,
      ...(defaults.provenance === true && { provenance: true }),
      ...news,
    };
    const failures = findFailures(schema, inputs);
    if (inputs.provenance === false) {
      delete inputs.provenance;
    }
    // By the setting alone, a batch goes without what cannot be found out.
    const problem = news.provenance === true ? await provenanceProblem() : undefined;
    if (problem !== undefined) {
      failures.push({
        property: "provenance",
        reason: `provenance is true, but ${problem}: update from a clone, or leave provenance out`,
      });
    }
    return { inputs, failures };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(batchMutability, olds, news);
  },

  recordHoldings(platform, olds, news) {
    const { batchId } = olds;
    // A change of the batch itself writes it too.
    const isSame = !differenceByField<Inputs>(batchMutability, olds, news).changed;
    if (news.provenance === true && isSame && typeof batchId === "string") {
      expectProvenance(platform, `${news.projectId}/${batchId}`, news.provenanceOf);
    }
  },

  async foresee(platform, { projectId, name }, olds) {
    if (Object.keys(olds).length > 0 || isUnknown(projectId) || isUnknown(name)) {
      return;
    }
    const existing = await findBatch(platform.client, projectId, name);
    if (existing === undefined) {
      platform.info(`there is no batch "${name}" to adopt: it is created`);
    } else {
      const text = `adopts the existing batch ${existing.id} "${name}" with ${workItems(existing)}`;
      platform.info(text, { adopted: 1 });
    }
  },

  async expect({ client }, { projectId, name, adopt }) {
    const isKnown = adopt === true && !isUnknown(projectId) && !isUnknown(name);
    const existing = isKnown ? await findBatch(client, projectId, name) : undefined;
    return existing === undefined ? {} : { batchId: existing.id };
  },

  async create(platform, inputs) {
    const batch = await createBatch(platform, inputs);
    forgetBatches(platform.client, inputs.projectId);
    const id = `${inputs.projectId}/${batch.id}`;
    const holder = holderOf(batch, platform);
    const life = { incarnation: randomUUID(), adoptedFrom: holder };
    const metadata = {
      ...(inputs.metadata ?? ownMetadata(batch)),
      ...toMetadata(makeMark(platform, life)),
      ...(await provenanceFor(platform, id, inputs)),
    };
    try {
      const changes = { metadata };
      const updated = await platform.client.batches.update(inputs.projectId, batch.id, changes);
      forgetBatches(platform.client, inputs.projectId);
      const added = await addedTo(platform.client, inputs, updated);
      return { id, state: stateOf(inputs, { ...batch, ...updated }, { ...life, added }) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (inputs.metadata === undefined) {
        platform.warn(
          `batch "${inputs.name}" could not be marked as this declaration's: ${message}`,
        );
        return { id, state: stateOf(inputs, batch) };
      }
      const known = { ...inputs, metadata: ownMetadata(batch) };
      throw new PartialFailure(id, stateOf(known, batch), message);
    }
  },

  async read(platform, id, olds) {
    const { client, warn } = platform;
    const [projectId, batchId] = splitId(id, "batch");
    const batch = (await listBatchesOnce(client, projectId)).get(batchId);
    if (batch === undefined) {
      if (olds.name === undefined) {
        return undefined;
      }
      warn(`${notListedText(`batch "${olds.name}"`)}. The state keeps it`);
      return { state: olds as State };
    }
    const { incarnation } = olds;
    const mark = readMark(batch);
    if (incarnation !== undefined && mark !== undefined && mark.incarnation !== incarnation) {
      warn(
        `batch "${batch.name}" was adopted by ${declarationText(mark)}, while this stack still declares it: declare it in one place`,
      );
    }
    // Metadata that was never declared is not this stack's to judge; the first read takes all of it.
    const declared = olds.name === undefined || olds.metadata !== undefined;
    const entries = Object.entries(ownMetadata(batch));
    const own = entries.filter(([entry]) => olds.added?.includes(entry) !== true);
    const inputs: Inputs = {
      projectId,
      name: olds.name !== undefined && isSameName(olds.name, batch.name) ? olds.name : batch.name,
      ...(declared && { metadata: Object.fromEntries(own) }),
      ...(olds.provenance !== undefined && { provenance: olds.provenance }),
    };
    const life = olds.name === undefined ? originOf(platform, batch) : olds;
    return { inputs, state: stateOf(inputs, batch, life) };
  },

  async update(platform, id, olds, news) {
    const { client } = platform;
    const [projectId, batchId] = splitId(id, "batch");
    refuseOthers(`batch "${olds.name}"`, olds.madeBy);
    const { incarnation = randomUUID(), adoptedFrom } = olds;
    const isOther = !isEqual(olds.metadata, news.metadata);
    const hasProvenance = olds.provenance === true || news.provenance === true;
    const changes = {
      ...(olds.name !== news.name && { name: news.name }),
      ...((isOther || hasProvenance) && {
        metadata: {
          ...(isOther ? news.metadata : (olds.metadata ?? (await foundMetadata(client, id)))),
          ...toMetadata(makeMark(platform, { incarnation })),
          ...(await provenanceFor(platform, id, news)),
        },
      }),
    };
    if (Object.keys(changes).length === 0) {
      return olds;
    }
    try {
      const batch = await client.batches.update(
        projectId,
        batchId,
        changes,
        [...Object.keys(olds.metadata ?? {}), ...(hasProvenance ? provenanceEntries : [])].filter(
          (name) => !(name in (changes.metadata ?? {})),
        ),
      );
      forgetBatches(client, projectId);
      const { createdAt, createdBy, totalCount, completedCount } = olds;
      const counted = { createdAt, createdBy, ...batch, totalCount, completedCount };
      const isMarked = changes.metadata !== undefined || olds.incarnation !== undefined;
      const added = isOther ? await addedTo(client, news, batch) : olds.added;
      return stateOf(news, counted, { ...(isMarked && { incarnation }), adoptedFrom, added });
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
    await releaseBatch(platform, id, olds);
  },
};

async function foundMetadata(client: Client, id: string): Promise<Record<string, unknown>> {
  const [projectId, batchId] = splitId(id, "batch");
  return ownMetadata((await listBatchesOnce(client, projectId)).get(batchId) ?? {});
}

function stateOf(
  { projectId, name, metadata, provenance }: Inputs,
  batch: BatchWire,
  { incarnation, adoptedFrom, madeBy, added = [] }: Life = {},
): State {
  return {
    ...(incarnation !== undefined && { incarnation }),
    ...(adoptedFrom !== undefined && { adoptedFrom }),
    ...(madeBy !== undefined && { madeBy }),
    ...(added.length > 0 && { added }),
    projectId,
    name,
    ...(metadata !== undefined && { metadata }),
    ...(provenance !== undefined && { provenance }),
    batchId: batch.id,
    createdBy: batch.createdBy ?? undefined,
    createdAt: batch.createdAt ?? undefined,
    // Nobody has documented this field, so it may be anything.
    ...(typeof batch.priority === "number" && { priority: batch.priority }),
    totalCount: batch.totalCount ?? 0,
    completedCount: batch.completedCount ?? 0,
  };
}

/** A named group of work items in a project. The platform cannot delete one: destroying it keeps the batch. */
export class Batch extends DynamicResource {
  static readonly __pulumiType = typeToken("Batch");

  /** The name of the batch. */
  declare readonly name: pulumi.Output<string>;
  /** The metadata, if any is declared. */
  declare readonly metadata: pulumi.Output<Record<string, unknown> | undefined>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The platform's id of the batch, an int64 as text. */
  declare readonly batchId: pulumi.Output<string>;
  /** The UUID of the user whose key created the batch. */
  declare readonly createdBy: pulumi.Output<string | undefined>;
  /** When the batch was created, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** The priority that the platform gives the batch, if it reports one. Nothing sets it. */
  declare readonly priority: pulumi.Output<number | undefined>;
  /** How many work items the batch held when it was last read; `pulumi refresh` reads it. */
  declare readonly totalCount: pulumi.Output<number>;
  /** How many of them were completed then. */
  declare readonly completedCount: pulumi.Output<number>;

  /**
   * Reads an existing batch, without managing it. Operation `listBatches`.
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
    const { id } = this;
    // While the batch changes, a preview does not know what the provider computes, but it knows the id.
    openWhenRead(this, { batchId: () => id.apply(batchIdText) });
  }
}

/** The batch of a resource, as registered. If the resource adopts, a preview needs the name of a batch without id. */
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
  return { batchId: batchId.id, ...(adopt !== undefined && { __batchName: batchId.name }) };
}
