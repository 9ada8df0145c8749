import type { Setting } from "../../provider/lifecycle/settings.ts";
import type { Spec } from "./types.ts";

/** The settings of the provider, by name. */
export const variables: Readonly<Record<Setting, Spec>> = {
  apiKey: {
    type: "string",
    secret: true,
    description:
      "The key of the space. Default: the environment variable AIDP_API_KEY. If it is that of the stack's configuration, the state does not keep it.",
  },
  spaceId: {
    type: "string",
    description:
      "The UUID of the space that uploads go to, unless a resource names one. Default: AIDP_SPACE_ID.",
  },
  projectId: {
    type: "string",
    description:
      "The UUID of the project of batches and work items, unless a resource names one. Default: AIDP_PROJECT_ID.",
  },
  baseUrl: {
    type: "string",
    description: "The address of the API. Default: AIDP_BASE_URL, or else the real service.",
  },
  allowHttp: {
    type: "string",
    description:
      "on or off: whether the key and signed URLs may go unencrypted to other machines. Default: AIDP_ALLOW_HTTP, or else off.",
  },
  routes: {
    type: "object",
    additionalProperties: { type: "string" },
    description:
      "Other routes by operation, as METHOD /path. Default: AIDP_ROUTES, as JSON, or else those of the published page.",
  },
  concurrency: {
    type: "integer",
    description:
      "How many requests may run at once, 1 to 256. Default: AIDP_CONCURRENCY, or else 32, and fewer while the service refuses some.",
  },
  requestsPerSecond: {
    type: "number",
    description:
      "How many requests may begin in a second. Default: AIDP_REQUESTS_PER_SECOND, or else as many as the service takes.",
  },
  progress: {
    type: "string",
    description:
      "on or off: whether a running set says each second how far it is. Default: AIDP_PROGRESS, or else on, but off if CI is set.",
  },
  entriesShown: {
    type: "integer",
    description:
      "How many entries a map, such as the items of a set, may have to be shown one by one, 0 to 100,000. Default: AIDP_ENTRIES_SHOWN, or else 2,000.",
  },
  effort: {
    type: "string",
    description:
      'What the work of people costs, for reports, as JSON like {"item": 2, "box": 0.5, "unit": "minutes"}. Default: AIDP_EFFORT, or else unknown.',
  },
  provenance: {
    type: "string",
    description:
      "true or false: whether all batches say in their metadata which revision of the program they come from. Default: AIDP_PROVENANCE, or else false.",
  },
};
