/** Each setting's environment variable, which counts if the stack does not set it. */
export const settings = {
  apiKey: "AIDP_API_KEY",
  baseUrl: "AIDP_BASE_URL",
  allowHttp: "AIDP_ALLOW_HTTP",
  spaceId: "AIDP_SPACE_ID",
  projectId: "AIDP_PROJECT_ID",
  routes: "AIDP_ROUTES",
  concurrency: "AIDP_CONCURRENCY",
  requestsPerSecond: "AIDP_REQUESTS_PER_SECOND",
  progress: "AIDP_PROGRESS",
  provenance: "AIDP_PROVENANCE",
  entriesShown: "AIDP_ENTRIES_SHOWN",
  effort: "AIDP_EFFORT",
} as const;

/** A setting of the provider, without its prefix. */
export type Setting = keyof typeof settings;

/** How to set settings, worded for an error. */
export function howToSet(...wanted: readonly Setting[]): string {
  const commands = wanted.map((setting) => {
    const secret = setting === "apiKey" ? "--secret " : "";
    return `\`pulumi config set ${secret}aidp:${setting} …\``;
  });
  const variables = wanted.map((setting) => settings[setting]);
  return `run ${commands.join(" and ")}, or set ${variables.join(" and ")}`;
}
