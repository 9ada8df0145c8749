// getProject: one project of a space.
//
//   getProject

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ProjectWire } from "../api/projects.ts";
import * as fields from "../lifecycle/fields.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";

/** Which project to read. */
export interface GetProjectArgs {
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: string;
  /** The UUID of the space that it is in. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`. */
  spaceId?: string;
}

/** A project as it is now. */
export interface GetProjectResult {
  /** The UUID of the project. */
  projectId: string;
  /** The UUID of the space that it is in. */
  spaceId: string;
  /** The name of the project. */
  name: string;
  /** What the project is about, if somebody has written it. */
  description: string | undefined;
  /** The kinds of data that are labeled in it, for example `image, image_sequence`. */
  dataType: string | undefined;
  /** The UUID of the company that the space belongs to. */
  companyId: string | undefined;
  /** When it was created, ISO 8601. */
  createdAt: string | undefined;
  /** What else the platform sends, under its own names. It may change without notice. */
  otherFields: Record<string, unknown>;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  spaceId: fields.place("spaceId"),
});

/** Reads a project. Operation `getProject`. Fails if the space has no such project. */
export function getProject(args: GetProjectArgs = {}): Promise<GetProjectResult> {
  return answer("getProject", schema, args, async (client, { projectId, spaceId }) =>
    projectResult(spaceId, await client.projects.get(spaceId, projectId)),
  );
}

/** Like `getProject`, with arguments that may be outputs of resources. */
export function getProjectOutput(
  args: InputsOf<GetProjectArgs> = {},
  options?: FunctionOptions,
): pulumi.Output<GetProjectResult> {
  return answerLater(getProject, args, options);
}

/** The result for a project of a space, from what the platform sent. */
export function projectResult(askedSpaceId: string, wire: ProjectWire): GetProjectResult {
  const { id, name, description, dataType, companyID, spaceID, createdAt, ...otherFields } = wire;
  return {
    projectId: id,
    spaceId: spaceID ?? askedSpaceId,
    name,
    description: description ?? undefined,
    dataType: dataType ?? undefined,
    companyId: companyID ?? undefined,
    createdAt: createdAt ?? undefined,
    otherFields,
  };
}
