// getBatches: every batch of a project.
//
//   listBatches: all pages

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import * as fields from "../lifecycle/fields.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";
import { batchResult, type GetBatchResult } from "./get-batch.ts";

/** Which project's batches to list. */
export interface GetBatchesArgs {
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
}

/** The batches of a project as they are now. */
export interface GetBatchesResult {
  /** Every batch, in the platform's order; one of them is the project's `Default`. */
  batches: GetBatchResult[];
}

const schema = z.strictObject({ projectId: fields.place("projectId") });

/**
 * Lists the batches of a project, with their counts. Operation `listBatches`, 100 batches a request.
 */
export function getBatches(args: GetBatchesArgs = {}): Promise<GetBatchesResult> {
  return answer("getBatches", schema, args, async (client, { projectId }) => {
    const batches = await Array.fromAsync(client.batches.list(projectId));
    return { batches: batches.map((batch) => batchResult(projectId, batch)) };
  });
}

/** Like `getBatches`, with arguments that may be outputs of resources. */
export function getBatchesOutput(
  args: InputsOf<GetBatchesArgs> = {},
  options?: FunctionOptions,
): pulumi.Output<GetBatchesResult> {
  return answerLater(getBatches, args, options);
}
