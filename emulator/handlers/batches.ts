import { ApiError, notFound } from "../http/api-error.ts";
import type { Batch, JsonObject } from "../model.ts";
import type { Answer, Call } from "../platform.ts";
import { openProject, type ProjectParams } from "./access.ts";
import { type PageQuery, toPageMeta, toPageRequest } from "./pagination.ts";

export function createBatch(call: Call<ProjectParams, unknown, { name: string }>): Answer {
  const project = openProject(call);
  const { name } = call.body;
  const batch = call.platform.store.batches.create(project.id, name, call.tenant.userId);
  if (batch === undefined) {
    throw nameTaken(name);
  }
  return { status: 201, body: toJson(batch) };
}

export function listBatches(call: Call<ProjectParams, PageQuery>): Answer {
  const project = openProject(call);
  const request = toPageRequest(call.query, 1);
  const page = call.platform.store.batches.list(project.id, request);
  return {
    status: 200,
    body: {
      items: page.items.map((batch) => ({
        ...toJson(batch),
        totalCount: batch.totalCount,
        completedCount: batch.completedCount,
      })),
      meta: toPageMeta(page, request, (batch) => [batch.id]),
    },
  };
}

export function updateBatch(
  call: Call<
    ProjectParams & { batchID: number },
    unknown,
    { name?: string; metadata?: JsonObject }
  >,
): Answer {
  const { batches } = call.platform.store;
  const project = openProject(call);
  const batch = batches.get(project.id, call.params.batchID);
  if (batch === undefined) {
    throw notFound(`Batch ${call.params.batchID}`);
  }
  const { name = batch.name, metadata = batch.metadata } = call.exact;
  if (name !== batch.name && batches.byName(project.id, name) !== undefined) {
    throw nameTaken(name);
  }
  batches.update(batch.id, name, metadata);
  return { status: 200, body: toJson({ ...batch, name, metadata }) };
}

function nameTaken(name: string): ApiError {
  return new ApiError(
    409,
    "NAME_TAKEN",
    `The project already has a batch named ${JSON.stringify(name)}`,
  );
}

function toJson({ id, projectId, name, createdBy, createdAt, metadata }: Batch): JsonObject {
  return {
    id,
    projectId,
    name,
    createdBy,
    createdAt: new Date(createdAt).toISOString(),
    metadata,
  };
}
