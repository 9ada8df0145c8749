import { advanceExport } from "../exports/exports.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import type { Export, ExportInput, JsonObject } from "../model.ts";
import type { Answer, Call, Platform } from "../platform.ts";
import { openSpace, type SpaceParams } from "./access.ts";
import { type PageQuery, toPageMeta, toPageRequest } from "./pagination.ts";

interface ExportParams extends SpaceParams {
  exportId: string;
}

const urlLifetimeSeconds = 7 * 24 * 60 * 60;

export function createExport(call: Call<SpaceParams, unknown, ExportInput>): Answer {
  const { platform, body: input } = call;
  const { spaceId } = openSpace(call);
  if (input.format === "COCO_JSON" && input.content !== "ANNOTATION") {
    throw new ApiError(
      400,
      "VALIDATION_FAILED",
      `The request is not valid: body/content ${input.content} cannot be had as COCO_JSON`,
    );
  }
  for (const projectId of input.projectIds ?? []) {
    if (platform.store.tenants.project(projectId)?.spaceId !== spaceId) {
      throw notFound(`Project ${projectId}`);
    }
  }
  const before = platform.store.exports.running(spaceId);
  const running = before && advanceExport(platform, before, false);
  if (running?.status === "PENDING" || running?.status === "IN_PROGRESS") {
    throw new ApiError(
      409,
      "EXPORT_RUNNING",
      `Export ${running.id} of the space is ${running.status}: only one may run at a time`,
    );
  }
  return { status: 201, body: toJson(platform, platform.store.exports.create(spaceId, input)) };
}

/**
 * Lists exports, which counts as polling each. A client may have ended before it asked for its own export, which would
 * then block the space.
 */
export function listExports(call: Call<SpaceParams, PageQuery & { format?: string }>): Answer {
  const { platform, query } = call;
  const { spaceId } = openSpace(call);
  const request = toPageRequest(query, 1);
  const page = platform.store.exports.list(spaceId, query.format, request);
  return {
    status: 200,
    body: {
      items: page.items.map((entry) => toJson(platform, advanceExport(platform, entry, true))),
      meta: toPageMeta(page, request, ({ seq }) => [seq]),
    },
  };
}

export function getExport(call: Call<ExportParams>): Answer {
  const { platform } = call;
  return { status: 200, body: toJson(platform, advanceExport(platform, openExport(call), true)) };
}

export function deleteExport(call: Call<ExportParams>): Answer {
  const { store, files } = call.platform;
  const entry = openExport(call);
  store.exports.delete(entry);
  if (entry.path !== undefined) {
    files.remove(entry.spaceId, entry.path);
  }
  return { status: 204 };
}

function openExport(call: Call<ExportParams>): Export {
  const { spaceId } = openSpace(call);
  const entry = call.platform.store.exports.get(spaceId, call.params.exportId);
  if (entry === undefined) {
    throw notFound(`Export ${call.params.exportId}`);
  }
  return entry;
}

function toJson({ signer, origin }: Platform, entry: Export): JsonObject {
  const { name, format, content } = entry.input;
  return {
    exportId: entry.id,
    name,
    status: entry.status,
    format,
    content,
    createdBy: "user@emulator",
    ...(entry.path !== undefined && {
      downloadUrl: signer.url(origin, "GET", entry.spaceId, entry.path, urlLifetimeSeconds),
    }),
    ...(entry.error !== undefined && { error: entry.error }),
    createdAt: new Date(entry.createdAt).toISOString(),
  };
}
