import * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "../../emulator/server.ts";
import { withoutSettings } from "./environment.ts";

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
  withoutSettings();
  beforeEach(() => pulumi.runtime.setAllConfig(settings()));
  after(() => pulumi.runtime.setAllConfig({}));
}
