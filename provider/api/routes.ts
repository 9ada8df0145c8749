import { z } from "zod";

/** How we know a route: from the published page or the vendor's client, or by inferring all or part of it. */
type Source = "known" | "inferred";

/** One operation of the platform: its method and its path, and whether sending it twice is safe. */
interface Route {
  readonly method: string;
  readonly path: string;
  /** True if a second identical request changes nothing more than the first did. */
  readonly repeatable: boolean;
  /** Whether the method or the path is our guess. A route that the user sets is not. */
  readonly isInferred: boolean;
}

// This is the one place with methods and paths. The comment says how we know each: S from the published page, C from
// the vendor's client, I inferred (the setting `aidp:routes` is there to override these).
const defaults = {
  /** Path C, method I */
  createUploadUrls: ["GET", "/spaces/{spaceId}/signedurls", true, "inferred"],
  /** C */
  createReadUrls: ["POST", "/spaces/{spaceId}/signedurls", true, "known"],
  /** Path C, method I */
  createBatch: ["POST", "/projects/{projectId}/batches", false, "inferred"],
  /** C */
  listBatches: ["GET", "/projects/{projectId}/batches", true, "known"],
  /** I */
  updateBatch: ["PATCH", "/projects/{projectId}/batches/{batchId}", true, "inferred"],
  /** I */
  listProjects: ["GET", "/spaces/{spaceId}/projects", true, "inferred"],
  /** I */
  getProject: ["GET", "/spaces/{spaceId}/projects/{projectId}", true, "inferred"],
  /** I */
  signalWorkItems: ["POST", "/projects/{projectId}/workItems/signal", false, "inferred"],
  /** Path C, method I */
  createWorkItem: ["POST", "/projects/{projectId}/workItems", false, "inferred"],
  /** C */
  listWorkItems: ["GET", "/projects/{projectId}/workItems", true, "known"],
  /** I */
  setLabels: ["PUT", "/projects/{projectId}/workItems/{workItemId}/labels", true, "inferred"],
  /** C */
  getAnnotation: ["GET", "/projects/{projectId}/workItems/{workItemId}/annotations", true, "known"],
  /** I */
  signalWorkItem: [
    "POST",
    "/projects/{projectId}/workItems/{workItemId}/signal",
    false,
    "inferred",
  ],
  /** Newer than the published page: C */
  createExport: ["POST", "/spaces/{spaceId}/exports", false, "known"],
  /** C */
  listExports: ["GET", "/spaces/{spaceId}/exports", true, "known"],
  /** C */
  getExport: ["GET", "/spaces/{spaceId}/exports/{exportId}", true, "known"],
  /** C */
  deleteExport: ["DELETE", "/spaces/{spaceId}/exports/{exportId}", true, "known"],
} as const satisfies Record<
  string,
  readonly [method: string, path: string, repeatable: boolean, source: Source]
>;

/** The name of one of the platform's operations. */
export type Operation = keyof typeof defaults;

/** Every operation's route. */
export type Routes = Readonly<Record<Operation, Route>>;

const operations = Object.keys(defaults) as Operation[];

const placeholders = (path: string): string[] => path.match(/\{\w+\}/g) ?? [];

function override(operation: Operation): z.ZodType<string> {
  const known = placeholders(defaults[operation][1]);
  return z
    .string({ error: "must be text" })
    .regex(/^[A-Z]+ \/\S*$/, { error: 'must look like "POST /projects/{projectId}/batches"' })
    .refine((route) => placeholders(route).every((name) => known.includes(name)), {
      error: ({ input }) => `may have the parameters ${known.join(" and ")} only, got "${input}"`,
    });
}

/** Overrides of routes, as `aidp:routes` holds them: `{"setLabels": "POST /projects/…"}`. */
export const routeOverrides = z.strictObject(
  Object.fromEntries(operations.map((name) => [name, override(name).optional()])),
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? unknownOperation(issue.keys) : undefined,
  },
);

function unknownOperation(names: readonly string[]): string {
  return `has no operation ${names.join(", ")}; the operations are ${operations.join(", ")}`;
}

/** The route table, with the overrides applied. */
export function routeTable(overrides: Readonly<Record<string, string | undefined>> = {}): Routes {
  const entries = operations.map((name) => {
    const [method, path, repeatable, source] = defaults[name];
    const [newMethod = method, newPath = path] = overrides[name]?.split(" ") ?? [];
    const isInferred = source === "inferred" && overrides[name] === undefined;
    return [name, { method: newMethod, path: newPath, repeatable, isInferred }];
  });
  return Object.fromEntries(entries) as Routes;
}

/** Puts the parameters, escaped, in a route's path. */
export function fillPath(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name];
    return value === undefined ? placeholder : encodeURIComponent(value);
  });
}
