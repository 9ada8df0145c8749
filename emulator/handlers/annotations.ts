import { notFound } from "../http/api-error.ts";
import type { Answer, Call } from "../platform.ts";
import { openWorkItem, type WorkItemParams } from "./access.ts";

export function getAnnotation(call: Call<WorkItemParams>): Answer {
  const item = openWorkItem(call);
  const annotation = call.platform.store.annotations.get(item.id);
  if (annotation === undefined) {
    throw notFound(`Annotation of work item ${item.id}`);
  }
  return {
    status: 200,
    body: {
      id: annotation.id,
      projectID: annotation.projectId,
      workItemID: annotation.workItemId,
      inference: annotation.inference,
      groundTruthReviewer: "CONSENSUS_REVIEW",
      createdAt: new Date(annotation.createdAt).toISOString(),
      updatedAt: new Date(annotation.updatedAt).toISOString(),
      metadata: annotation.metadata,
    },
  };
}
