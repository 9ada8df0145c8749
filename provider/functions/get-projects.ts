// getProjects: every project of a space.
//
//   listProjects

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import * as fields from "../lifecycle/fields.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";
import { type GetProjectResult, projectResult } from "./get-project.ts";

/** Which space's projects to list. */
export interface GetProjectsArgs {
  /** The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`. */
  spaceId?: string;
}

/** The projects of a space as they are now. */
export interface GetProjectsResult {
  /** Every project, in the platform's order. */
  projects: GetProjectResult[];
}

const schema = z.strictObject({ spaceId: fields.place("spaceId") });

/**
 * Lists the projects of a space. Operation `listProjects`.
 */
export function getProjects(args: GetProjectsArgs = {}): Promise<GetProjectsResult> {
  return answer("getProjects", schema, args, async (client, { spaceId }) => {
    const projects = await client.projects.list(spaceId);
    return { projects: projects.map((project) => projectResult(spaceId, project)) };
  });
}

/** Like `getProjects`, with arguments that may be outputs of resources. */
export function getProjectsOutput(
  args: InputsOf<GetProjectsArgs> = {},
  options?: FunctionOptions,
): pulumi.Output<GetProjectsResult> {
  return answerLater(getProjects, args, options);
}
