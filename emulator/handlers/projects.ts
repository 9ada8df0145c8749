import { notFound } from "../http/api-error.ts";
import type { JsonObject, Project } from "../model.ts";
import type { Answer, Call } from "../platform.ts";
import { openSpace, type ProjectParams, type SpaceParams } from "./access.ts";

export function listProjects(call: Call<SpaceParams>): Answer {
  const space = openSpace(call);
  const projects = call.platform.store.tenants.projectsOf(space.spaceId);
  return { status: 200, body: { items: projects.map(toJson) } };
}

export function getProject(call: Call<SpaceParams & ProjectParams>): Answer {
  const space = openSpace(call);
  const project = call.platform.store.tenants.project(call.params.projectID);
  if (project === undefined || project.spaceId !== space.spaceId) {
    throw notFound(`Project ${call.params.projectID}`);
  }
  return { status: 200, body: toJson(project) };
}

function toJson(project: Project): JsonObject {
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    createdAt: new Date(project.createdAt).toISOString(),
    spaceID: project.spaceId,
    dataType: project.dataType,
    companyID: project.companyId,
  };
}
