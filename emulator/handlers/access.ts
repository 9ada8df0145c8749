import { ApiError, notFound } from "../http/api-error.ts";
import type { Project, Tenant, WorkItem } from "../model.ts";
import type { Call } from "../platform.ts";

export interface SpaceParams {
  spaceID: string;
}

export interface ProjectParams {
  projectID: string;
}

export interface WorkItemParams extends ProjectParams {
  workItemID: string;
}

export function openSpace({ platform, tenant, params }: Call<SpaceParams>): Tenant {
  const space = platform.store.tenants.bySpace(params.spaceID);
  if (space === undefined) {
    throw notFound(`Space ${params.spaceID}`);
  }
  requireOwn(space.spaceId, tenant);
  return space;
}

export function openProject({ platform, tenant, params }: Call<ProjectParams>): Project {
  const project = platform.store.tenants.project(params.projectID);
  if (project === undefined) {
    throw notFound(`Project ${params.projectID}`);
  }
  requireOwn(project.spaceId, tenant);
  return project;
}

export function openWorkItem(call: Call<WorkItemParams>): WorkItem {
  const project = openProject(call);
  const item = call.platform.store.workItems.get(project.id, call.params.workItemID);
  if (item === undefined) {
    throw notFound(`Work item ${call.params.workItemID}`);
  }
  return item;
}

function requireOwn(spaceId: string, tenant: Tenant): void {
  if (spaceId !== tenant.spaceId) {
    throw new ApiError(403, "FORBIDDEN", `The key has no access to space ${spaceId}`);
  }
}
