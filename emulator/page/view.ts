import { categoryName } from "../exports/coco.ts";
import { type Result, readResult } from "../exports/results.ts";
import { type PageQuery, toPageMeta, toPageRequest } from "../handlers/pagination.ts";
import { statusAfter } from "../handlers/signals.ts";
import { toLabeledWorkItemJson } from "../handlers/work-item-json.ts";
import { notFound } from "../http/api-error.ts";
import type { JsonObject, Project, Status, WorkItem } from "../model.ts";
import type { Platform } from "../platform.ts";
import type { RecordedEvent } from "../store/work-items.ts";

type Counts = Record<Status, number>;

export interface ItemsQuery extends PageQuery {
  batchId?: number;
  status?: Status;
}

// What the page shows, as JSON. Like a dump of the store, it has no keys.

export function viewProjects({ store }: Platform): JsonObject {
  const batches = store.batches.all();
  const totalOf = (id: string) =>
    batches
      .filter(({ projectId }) => projectId === id)
      .reduce((sum, { totalCount }) => sum + totalCount, 0);
  const spaces = store.tenants.list().map(({ spaceId, spaceName }) => ({
    id: spaceId,
    name: spaceName,
    projects: store.tenants
      .projectsOf(spaceId)
      .map(({ id, name }) => ({ id, name, total: totalOf(id) })),
  }));
  return { spaces };
}

export function viewProject(platform: Platform, projectId: string): JsonObject {
  const { store } = platform;
  const project = requireProject(platform, projectId);
  const counts = countsByBatch(platform, projectId);
  const batches = store.batches.all().filter((batch) => batch.projectId === projectId);
  return {
    id: project.id,
    name: project.name,
    counts: sum(counts.values()),
    batches: batches.map(({ id, name }) => ({ id, name, counts: counts.get(id) ?? noCounts() })),
  };
}

/** Newest first: these are the pages of the API's own list, reversed. */
export function viewWorkItems(
  platform: Platform,
  projectId: string,
  { batchId, status, ...query }: ItemsQuery,
): JsonObject {
  const request = toPageRequest(query, 2);
  const page = platform.store.workItems.list(
    {
      projectId: requireProject(platform, projectId).id,
      batchIds: batchId === undefined ? undefined : [batchId],
      statuses: status && [status],
    },
    request,
  );
  return {
    items: page.items.toReversed().map((item) => toSummary(platform, item)),
    meta: toPageMeta(page, request, (item) => [item.createdAt, item.seq]),
  };
}

export function viewWorkItem(
  platform: Platform,
  projectId: string,
  workItemId: string,
): JsonObject {
  const { store, files, signer, settings } = platform;
  const { spaceId } = requireProject(platform, projectId);
  const item = store.workItems.get(projectId, workItemId);
  if (item === undefined) {
    throw notFound(`Work item ${workItemId}`);
  }
  const { assetUrl } = item.fields;
  const picture = files.find(spaceId, assetUrl);
  return {
    ...toSummary(platform, item),
    batchName: store.batches.get(projectId, item.batchId)?.name,
    details: toLabeledWorkItemJson(item),
    labels: item.labels ?? [],
    annotations: toBoxes(readResult(platform, spaceId, item)),
    ...(picture?.contentType.startsWith("image/") && {
      picture: {
        version: `${picture.sha256} ${assetUrl}`,
        // The URL is relative because the page may have been opened under another name of this machine.
        url: signer.url("", "GET", spaceId, assetUrl, settings.signedUrlLifetimeSeconds),
      },
    }),
    history: toHistory(item, store.workItems.events(item)),
  };
}

function toSummary({ store }: Platform, item: WorkItem): JsonObject {
  const { dueInSeconds, assetUrl, assetType, metadata } = item.fields;
  // What uploads are called on the platform says nothing to people.
  const { pulumiFile: fileName } = (metadata ?? {}) as JsonObject;
  return {
    id: item.id,
    batchId: item.batchId,
    status: item.status,
    isCancelled:
      item.status === "FAILED" && store.workItems.history(item).at(-1)?.signal === "cancel",
    assetUrl,
    ...(typeof fileName === "string" && { fileName }),
    assetType,
    labelCount: item.labels?.length ?? 0,
    createdAt: new Date(item.createdAt).toISOString(),
    isOpen: item.status === "NEW" || item.status === "IN_PROGRESS",
    ...(typeof dueInSeconds === "number" && {
      dueAt: new Date(item.createdAt + dueInSeconds * 1000).toISOString(),
    }),
  };
}

function toBoxes(result: Result | undefined): JsonObject[] {
  return (result?.coco.annotations ?? []).map((annotation) => ({
    name: categoryName(annotation, result?.coco.categories ?? []),
    bbox: annotation.bbox,
  }));
}

/** The stored events say what was done. The status after each follows from that. */
function toHistory(item: WorkItem, events: RecordedEvent[]): JsonObject[] {
  let status: Status = "NEW";
  let isCancelled = false;
  const created = { at: new Date(item.createdAt).toISOString(), status };
  return [
    created,
    ...events.map((event) => {
      if ("signal" in event) {
        status = statusAfter(event.signal, status, event.outcome ?? "OK") ?? status;
        isCancelled = event.signal === "cancel";
      }
      return { ...event, status, isCancelled };
    }),
  ];
}

function countsByBatch({ store }: Platform, projectId: string): Map<number, Counts> {
  const batches = new Map<number, Counts>();
  for (const { batchId, status, count } of store.workItems.countByStatus(projectId)) {
    batches.set(batchId, { ...(batches.get(batchId) ?? noCounts()), [status]: count });
  }
  return batches;
}

function sum(all: Iterable<Counts>): Counts {
  const total = noCounts();
  for (const counts of all) {
    total.NEW += counts.NEW;
    total.IN_PROGRESS += counts.IN_PROGRESS;
    total.COMPLETED += counts.COMPLETED;
    total.FAILED += counts.FAILED;
  }
  return total;
}

function noCounts(): Counts {
  return { NEW: 0, IN_PROGRESS: 0, COMPLETED: 0, FAILED: 0 };
}

function requireProject({ store }: Platform, projectId: string): Project {
  const project = store.tenants.project(projectId);
  if (project === undefined) {
    throw notFound(`Project ${projectId}`);
  }
  return project;
}
