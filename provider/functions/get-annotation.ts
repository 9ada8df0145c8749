// getAnnotation: what people made of a work item.
//
//   getAnnotation

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type AnnotationWire, storedAt } from "../api/annotations.ts";
import { NotFoundError } from "../api/errors.ts";
import * as fields from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";

/** Which annotation to read. */
export interface GetAnnotationArgs {
  /** The UUID of the work item. */
  workItemId: string;
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
}

/** An annotation as it is now. */
export interface GetAnnotationResult {
  /** The UUID of the annotation. */
  annotationId: string;
  /** The UUID of the work item. */
  workItemId: string;
  /** The UUID of the project. */
  projectId: string;
  /** What a model made of the work item; empty if no model did. */
  inference: Record<string, unknown>;
  /** How the result was agreed on, for example `CONSENSUS_REVIEW`. */
  groundTruthReviewer: string | undefined;
  /** The path of the COCO file with the results in the space, for `getSignedUrls`. */
  resultsPath: string | undefined;
  /** The metadata, in which `coco_results_url` says where the results are stored; empty if there is none. */
  metadata: Record<string, unknown>;
  /** When it was created, ISO 8601. */
  createdAt: string | undefined;
  /** When it last changed, ISO 8601. */
  updatedAt: string | undefined;
  /** What else the platform sends, under its own names. It may change without notice. */
  otherFields: Record<string, unknown>;
}

const schema = z.strictObject({
  workItemId: fields.uuid,
  projectId: fields.place("projectId"),
});

/**
 * Reads the annotation of a work item, in COCO format. Operation `getAnnotation`. Fails while the work item has none:
 * people have to complete it first.
 */
export function getAnnotation(args: GetAnnotationArgs): Promise<GetAnnotationResult> {
  return answer("getAnnotation", schema, args, async (client, { workItemId, projectId }) => {
    try {
      return annotationResult(
        projectId,
        workItemId,
        await client.annotations.get(projectId, workItemId),
      );
    } catch (cause) {
      if (cause instanceof NotFoundError) {
        throw new Refusal(
          `workItemId ${workItemId} has no annotation yet, or is no work item of project ${projectId}: people have to complete it first (${cause.method} ${cause.path} answered 404)`,
          { cause },
        );
      }
      throw cause;
    }
  });
}

/** Like `getAnnotation`, with arguments that may be outputs of resources. */
export function getAnnotationOutput(
  args: InputsOf<GetAnnotationArgs>,
  options?: FunctionOptions,
): pulumi.Output<GetAnnotationResult> {
  return answerLater(getAnnotation, args, options);
}

function annotationResult(
  askedProjectId: string,
  askedWorkItemId: string,
  wire: AnnotationWire,
): GetAnnotationResult {
  const { id, projectID, workItemID, inference, groundTruthReviewer, metadata, ...rest } = wire;
  const { createdAt, updatedAt, ...otherFields } = rest;
  return {
    annotationId: id,
    workItemId: workItemID ?? askedWorkItemId,
    projectId: projectID ?? askedProjectId,
    inference: inference ?? {},
    groundTruthReviewer: groundTruthReviewer ?? undefined,
    resultsPath: storedAt(metadata?.coco_results_url)?.path,
    metadata: metadata ?? {},
    createdAt: createdAt ?? undefined,
    updatedAt: updatedAt ?? undefined,
    otherFields,
  };
}
