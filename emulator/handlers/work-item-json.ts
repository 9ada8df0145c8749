import type { JsonObject, WorkItem } from "../model.ts";

/** A work item without labels: only lists have them. */
export function toWorkItemJson(item: WorkItem): JsonObject {
  return {
    id: item.id,
    status: item.status,
    ...item.fields,
    batchId: item.batchId,
    createdAt: new Date(item.createdAt).toISOString(),
    updatedAt: new Date(item.updatedAt).toISOString(),
  };
}

export function toLabeledWorkItemJson(item: WorkItem): JsonObject {
  return { ...toWorkItemJson(item), ...(item.labels !== undefined && { labels: item.labels }) };
}
