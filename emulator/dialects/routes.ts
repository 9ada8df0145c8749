import type { Dialect } from "./dialect.ts";

interface Place {
  method: string;
  path: string;
}

/** Translates a requested route to the usual one. If a dialect moves an operation, its usual route is empty. */
export function usualRoute(
  dialects: readonly Dialect[],
  asked: Place,
  routeOf: (operation: string) => Place | undefined,
): Place {
  const routes = dialects.flatMap((dialect) => Object.entries(dialect.routes ?? {}));
  for (const [operation, instead] of routes) {
    const usual = routeOf(operation);
    const [method = "", template = ""] = instead.split(" ");
    if (usual === undefined) {
      throw new Error(`There is no operation ${operation}`);
    }
    const root = usual.path.slice(0, usual.path.indexOf("/", "/api/v".length));
    const values = asked.method === method ? valuesOf(`${root}${template}`, asked.path) : undefined;
    if (values !== undefined) {
      return { method: usual.method, path: filled(usual.path, values) };
    }
    if (asked.method === usual.method && valuesOf(usual.path, asked.path) !== undefined) {
      return { method: asked.method, path: `${root}/elsewhere` };
    }
  }
  return asked;
}

/** The parameters in a path, if it matches the template. */
function valuesOf(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${pattern}$`).exec(path)?.groups;
}

function filled(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

function route(operation: string, instead: string): Dialect {
  return { about: `${operation} is ${instead}`, routes: { [operation]: instead } };
}

/** Other routes for the operations whose routes are inferred. */
export const routeDialects = {
  "route-create-upload-urls": route("createUploadUrls", "POST /spaces/{spaceID}/signedurls/upload"),
  "route-create-batch": route("createBatch", "PUT /projects/{projectID}/batches"),
  "route-update-batch": route("updateBatch", "PUT /projects/{projectID}/batches/{batchID}"),
  "route-list-projects": route("listProjects", "GET /spaces/{spaceID}/project"),
  "route-get-project": route("getProject", "GET /spaces/{spaceID}/project/{projectID}"),
  "route-signal-work-items": route(
    "signalWorkItems",
    "POST /projects/{projectID}/workItems/signals",
  ),
  "route-create-work-item": route("createWorkItem", "PUT /projects/{projectID}/workItems"),
  "route-set-labels": route(
    "setLabels",
    "PATCH /projects/{projectID}/workItems/{workItemID}/labels",
  ),
  "route-signal-work-item": route(
    "signalWorkItem",
    "PUT /projects/{projectID}/workItems/{workItemID}/signals",
  ),
} satisfies Record<string, Dialect>;
