// getBatch: one batch of a project, by its name or its id.
//
//   listBatches: page by page until it is found, because there is no single get

import type * as pulumi from "@pulumi/pulumi";
import leven from "leven";
import { z } from "zod";
import type { BatchWire } from "../api/batches.ts";
import { ownMetadata } from "../items/batches.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures } from "../lifecycle/ids.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { eitherFailures } from "../lifecycle/validation.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";

/** Which batch to read. */
export interface GetBatchArgs {
  /** The name of the batch, letter for letter. Either this or `batchId`. */
  name?: string;
  /** A batch's `batchId`, an int64 of 0 or more, or its `id`. Either this or `name`. */
  batchId?: number | string;
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
}

/** A batch as it is now. */
export interface GetBatchResult {
  /** The id that `Batch.get` and the `batchId` of a work item take: `<projectId>/<batchId>`. */
  id: string;
  /** The platform's id of the batch, an int64 as text. */
  batchId: string;
  /** The UUID of the project. */
  projectId: string;
  /** The name of the batch, unique in the project. */
  name: string;
  /** The metadata; empty if there is none. */
  metadata: Record<string, unknown>;
  /** The UUID of the user whose key created the batch. */
  createdBy: string | undefined;
  /** When it was created, ISO 8601. */
  createdAt: string | undefined;
  /** How many work items it holds. */
  totalCount: number;
  /** How many of them are completed. */
  completedCount: number;
  /** What else the platform sends, under its own names. It may change without notice. */
  otherFields: Record<string, unknown>;
}

const schema = z.strictObject({
  name: fields.text.optional(),
  batchId: fields.batch.optional(),
  projectId: fields.place("projectId"),
});

/**
 * Reads a batch. Operation `listBatches`. Fails if the project has no such batch; if the name is wrong, the error says
 * which names are closest to it.
 */
export function getBatch(args: GetBatchArgs): Promise<GetBatchResult> {
  return answer("getBatch", schema, args, async (client, { name, batchId, projectId }) => {
    const [failure] = [
      ...eitherFailures({ name, batchId }, "name", "batchId"),
      ...placeFailures({ batchId, projectId }),
    ];
    if (failure !== undefined) {
      throw new Refusal(failure.reason);
    }
    const names: string[] = [];
    for await (const batch of client.batches.list(projectId)) {
      if (name === undefined ? batch.id === batchIdText(batchId) : batch.name === name) {
        return batchResult(projectId, batch);
      }
      names.push(batch.name);
    }
    const field = name === undefined ? `batchId ${batchId}` : `name ${fields.got(name)}`;
    const advice =
      name === undefined ? "getBatches lists them" : `the closest: ${closest(name, names)}`;
    throw new Refusal(
      `${field} is not one of the ${names.length} batches of project ${projectId}; ${advice}`,
    );
  });
}

/** Like `getBatch`, with arguments that may be outputs of resources. */
export function getBatchOutput(
  args: InputsOf<GetBatchArgs>,
  options?: FunctionOptions,
): pulumi.Output<GetBatchResult> {
  return answerLater(getBatch, args, options);
}

/** The result for a batch of a project, from what the platform sent. */
export function batchResult(askedProjectId: string, wire: BatchWire): GetBatchResult {
  const { id, name, metadata: _, createdBy, createdAt, ...rest } = wire;
  const projectId = wire.projectId ?? askedProjectId;
  const { projectId: __, totalCount, completedCount, ...otherFields } = rest;
  return {
    id: `${projectId}/${id}`,
    batchId: id,
    projectId,
    name,
    metadata: ownMetadata(wire),
    createdBy: createdBy ?? undefined,
    createdAt: createdAt ?? undefined,
    totalCount: totalCount ?? 0,
    completedCount: completedCount ?? 0,
    otherFields,
  };
}

const mostNames = 3;

function closest(name: string, names: readonly string[]): string {
  const distances = new Map(names.map((other) => [other, leven(name, other)]));
  return names
    .toSorted((left, right) => (distances.get(left) ?? 0) - (distances.get(right) ?? 0))
    .slice(0, mostNames)
    .map(fields.got)
    .join(", ");
}
