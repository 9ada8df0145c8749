import type { Emulator } from "../emulator/server.ts";
import { findEngine } from "../scripts/engine.ts";

/** The folder of the engine for the tests. The test runner has usually found it already. */
export async function testEngine(): Promise<string> {
  return process.env.AIDP_TEST_ENGINE ?? (await findEngine());
}

/** The environment that points a stack's provider at an emulator. */
export function environmentOf(emulator: Emulator): Record<string, string> {
  return {
    AIDP_API_KEY: emulator.apiKey,
    AIDP_BASE_URL: emulator.url,
    AIDP_SPACE_ID: emulator.spaceId,
    AIDP_PROJECT_ID: emulator.projectId,
  };
}
