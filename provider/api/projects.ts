import { z } from "zod";
import type { Http } from "./http.ts";

const project = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  createdAt: z.string().nullish(),
  spaceID: z.string().nullish(),
  dataType: z.string().nullish(),
  companyID: z.string().nullish(),
});
export type ProjectWire = z.output<typeof project>;

const projects = z.looseObject({ items: z.array(project) });

/** Projects of a space. */
export class Projects {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** `listProjects`: every project of the space. */
  async list(spaceId: string): Promise<ProjectWire[]> {
    return (await this.#http.request("listProjects", { spaceId }, { answer: projects })).items;
  }

  /** `getProject`: one project. */
  get(spaceId: string, projectId: string): Promise<ProjectWire> {
    return this.#http.request("getProject", { spaceId, projectId }, { answer: project });
  }
}
