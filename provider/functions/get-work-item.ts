// getWorkItem: one work item of a project, by its id.
//
//   listWorkItems, because there is no single get

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { WorkItemWire } from "../api/work-items.ts";
import { findItem } from "../items/coalesce.ts";
import * as deadline from "../items/deadline.ts";
import { withoutMark } from "../items/mark.ts";
import * as fields from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";

/** Which work item to read. */
export interface GetWorkItemArgs {
  /** The UUID of the work item. */
  workItemId: string;
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
}

/** A work item as it is now. */
export interface GetWorkItemResult {
  /** The id that `WorkItem.get` takes: `<projectId>/<workItemId>`. */
  id: string;
  /** The platform's id of the work item, a UUID. */
  workItemId: string;
  /** The UUID of the project. */
  projectId: string;
  /** The platform's id of the batch that it is in, an int64 as text. */
  batchId: string | undefined;
  /** `NEW`, `IN_PROGRESS`, `COMPLETED` or `FAILED` (also: cancelled); the platform may add others. */
  status: string;
  /** The picture: a URL, or a path in the space. */
  assetUrl: string | undefined;
  /** What the asset is: `image`, `video` or `external`; the platform may add others. */
  assetType: string | undefined;
  /** The platform's id of the asset, an int64 as text. */
  assetId: string | undefined;
  /** A URL where the results are available. */
  resultsUrl: string | undefined;
  /** The UUID of the taxonomy version to label with. */
  taxonomyVersionId: string | undefined;
  /** The metadata, without the entries by which this package recognizes its own items; empty if there is none. */
  metadata: Record<string, unknown>;
  /** The deadline in seconds after the creation. */
  dueInSeconds: number | undefined;
  /** The deadline as a moment, ISO 8601. */
  deadline: string | undefined;
  /** How hard the work is, 0 to 100. */
  difficulty: number | undefined;
  /**
   * The labels, each with `bbox` (x, y, width, height in pixels) if it belongs to a picture; empty if there are none.
   */
  labels: unknown[];
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
 * Reads a work item. Operation `listWorkItems`; calls at about the same time share one request. Fails if the project
 * has no such work item.
 */
export function getWorkItem(args: GetWorkItemArgs): Promise<GetWorkItemResult> {
  return answer("getWorkItem", schema, args, async (client, { workItemId, projectId }) => {
    const item = await findItem(client, projectId, workItemId);
    if (item === undefined) {
      throw new Refusal(
        `workItemId ${workItemId} is no work item of project ${projectId}: getWorkItems lists them`,
      );
    }
    return workItemResult(projectId, item);
  });
}

/** Like `getWorkItem`, with arguments that may be outputs of resources. */
export function getWorkItemOutput(
  args: InputsOf<GetWorkItemArgs>,
  options?: FunctionOptions,
): pulumi.Output<GetWorkItemResult> {
  return answerLater(getWorkItem, args, options);
}

/** The result for a work item of a project, from what the platform sent. */
export function workItemResult(projectId: string, wire: WorkItemWire): GetWorkItemResult {
  const { id, status, assetUrl, assetType, assetId, batchId, resultsUrl, ...rest } = wire;
  const { taxonomyVersionId, metadata, dueInSeconds, difficulty, labels, ...others } = rest;
  const { createdAt, updatedAt, ...otherFields } = others;
  return {
    id: `${projectId}/${id}`,
    workItemId: id,
    projectId,
    batchId: batchId ?? undefined,
    status,
    assetUrl: assetUrl ?? undefined,
    assetType: assetType ?? undefined,
    assetId: assetId ?? undefined,
    resultsUrl: resultsUrl ?? undefined,
    taxonomyVersionId: taxonomyVersionId ?? undefined,
    metadata: withoutMark(metadata ?? {}),
    dueInSeconds: dueInSeconds ?? undefined,
    deadline: deadline.of(wire),
    difficulty: difficulty ?? undefined,
    labels: labels ?? [],
    createdAt: createdAt ?? undefined,
    updatedAt: updatedAt ?? undefined,
    otherFields,
  };
}
