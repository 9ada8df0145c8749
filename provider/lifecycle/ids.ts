import { createHash } from "node:crypto";
import { type Failure, Refusal } from "./lifecycle.ts";
import type { Plain } from "./plain.ts";
import { isUnknown } from "./unknown-values.ts";

/** The two halves of a resource's id, `<project or space>/<the rest>`. */
export function splitId(id: string, what: string): [parent: string, rest: string] {
  const [, parent, rest] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  if (parent === undefined || rest === undefined) {
    throw new Refusal(`"${id}" is not the id of a ${what}: it has the form <uuid>/<id>`);
  }
  return [parent, rest];
}

/** A batch's `id` names its project, which must also be the project of whatever is in the batch. */
export function placeFailures({ batchId, projectId }: Plain): Failure[] {
  const [, project] = typeof batchId === "string" ? (/^(.+)\//.exec(batchId) ?? []) : [];
  return project === undefined ||
    typeof projectId !== "string" ||
    isUnknown(projectId) ||
    project === projectId
    ? []
    : [
        {
          property: "batchId",
          reason: `batchId is of project ${project}, but projectId is ${projectId}: use a batch of the same project`,
        },
      ];
}

/** The platform's id of a batch, as text: given as it is, as a number, or as the id of its resource. */
export function batchIdText(batchId: unknown): unknown {
  if (typeof batchId === "number") {
    return String(batchId);
  }
  return typeof batchId === "string" ? batchId.slice(batchId.lastIndexOf("/") + 1) : batchId;
}

/** The id of a set, for which the platform has none, made from its project or space and its declaration. */
export function setId(parent: string, owner: string | undefined): string {
  const name = createHash("sha256").update(`${owner}`).digest("hex").slice(0, 32);
  return `${parent}/${name}`;
}
