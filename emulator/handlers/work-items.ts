import { notFound } from "../http/api-error.ts";
import type { Label, Status, WorkItemFields } from "../model.ts";
import type { Answer, Call } from "../platform.ts";
import { toTime } from "../time.ts";
import { openProject, openWorkItem, type ProjectParams, type WorkItemParams } from "./access.ts";
import { type PageQuery, toPageMeta, toPageRequest } from "./pagination.ts";
import { toLabeledWorkItemJson, toWorkItemJson } from "./work-item-json.ts";

interface ListQuery extends PageQuery {
  workItemIDs?: string[];
  batchIds?: number[];
  status?: Status;
  createdAtFrom?: string;
  createdAtTo?: string;
  updatedAtFrom?: string;
  updatedAtTo?: string;
}

export function createWorkItem(
  call: Call<ProjectParams, unknown, WorkItemFields & { batchId?: number; labels?: Label[] }>,
): Answer {
  const { batches, workItems } = call.platform.store;
  const project = openProject(call);
  const { batchId, labels } = call.body;
  const { batchId: _batchId, labels: _labels, ...fields } = call.exact;
  const batch =
    batchId === undefined
      ? batches.byName(project.id, "Default")
      : batches.get(project.id, batchId);
  if (batch === undefined) {
    throw notFound(`Batch ${batchId ?? "Default"}`);
  }
  const item = workItems.create(project.id, batch.id, fields, labels);
  return { status: 201, body: toWorkItemJson(item) };
}

export function listWorkItems(call: Call<ProjectParams, ListQuery>): Answer {
  const { store, settings, now } = call.platform;
  const project = openProject(call);
  const { query } = call;
  const request = toPageRequest(query, 2);
  const visibleUntil =
    settings.consistencyDelayMs > 0 ? now() - settings.consistencyDelayMs : undefined;
  const page = store.workItems.list(
    {
      projectId: project.id,
      ids: query.workItemIDs,
      batchIds: query.batchIds,
      statuses: query.status && [query.status],
      createdFrom: toTime(query.createdAtFrom),
      createdTo: earliest(toTime(query.createdAtTo), visibleUntil),
      updatedFrom: toTime(query.updatedAtFrom),
      updatedTo: toTime(query.updatedAtTo),
    },
    request,
  );
  return {
    status: 200,
    body: {
      items: page.items.map(toLabeledWorkItemJson),
      meta: toPageMeta(page, request, (item) => [item.createdAt, item.seq]),
    },
  };
}

export function setLabels(call: Call<WorkItemParams, unknown, { labels: Label[] }>): Answer {
  const item = openWorkItem(call);
  call.platform.store.workItems.setLabels(item, call.body.labels);
  return { status: 200, body: { labels: call.body.labels } };
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
