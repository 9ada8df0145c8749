import * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "../../emulator/server.ts";

/** The settings of a stack that works on an emulator. */
export function settingsOf(emulator: Emulator): Record<string, string> {
  const { apiKey, url, projectId, spaceId } = emulator;
  return {
    "aidp:apiKey": apiKey,
    "aidp:baseUrl": url,
    "aidp:projectId": projectId,
    "aidp:spaceId": spaceId,
  };
}

/** Has the specs of the describe block that calls this run as a program of a stack with these settings. */
export function useSettings(settings: () => Record<string, string>): void {
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith("AIDP_"));
  before(() => {
    for (const [name] of variables) {
      delete process.env[name];
    }
  });
  beforeEach(() => pulumi.runtime.setAllConfig(settings()));
  after(() => {
    pulumi.runtime.setAllConfig({});
    Object.assign(process.env, Object.fromEntries(variables));
  });
}
