import { toLabeledWorkItemJson } from "../handlers/work-item-json.ts";
import type { JsonObject, Project } from "../model.ts";
import type { Store } from "../store/store.ts";

/** Everything stored, or what belongs to one project, so that tests can check the platform's side. It has no keys. */
export function dumpStore(store: Store, projectId: string | undefined): JsonObject {
  const projects = store.tenants
    .projects()
    .filter((project) => projectId === undefined || project.id === projectId);
  const isOfProjects = (id: string, key: keyof Project) =>
    projectId === undefined || projects.some((project) => project[key] === id);
  return {
    companies: store.tenants.companies().filter(({ id }) => isOfProjects(id, "companyId")),
    spaces: store.tenants
      .list()
      .filter(({ spaceId }) => isOfProjects(spaceId, "spaceId"))
      .map(({ spaceId, companyId, spaceName }) => ({ id: spaceId, companyId, name: spaceName })),
    projects,
    batches: store.batches.all().filter((batch) => isOfProjects(batch.projectId, "id")),
    workItems: projects.flatMap((project) =>
      store.workItems.all({ projectId: project.id }).map((item) => ({
        ...toLabeledWorkItemJson(item),
        projectId: item.projectId,
        history: store.workItems.history(item),
      })),
    ),
    files: store.files
      .all()
      .filter(({ spaceId }) => isOfProjects(spaceId, "spaceId"))
      .map(({ spaceId, path, size, sha256, contentType }) => ({
        spaceId,
        path,
        size,
        sha256,
        contentType,
      })),
  };
}
