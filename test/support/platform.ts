import type { Emulator } from "../../emulator/server.ts";
import { clientOf } from "../../harness/emulator.ts";
import type { Client } from "../../provider/api/client.ts";
import type { Platform } from "../../provider/lifecycle/lifecycle.ts";

/** A platform that remembers what the user was told. */
export interface TestPlatform extends Platform {
  readonly told: string[];
  readonly warned: string[];
}

/**
 * A platform with a client of its own, as a new provider process has: it knows nothing of what the
 * earlier ones did.
 */
export function platformOf(
  emulator: Emulator,
  {
    owner = "urn:pulumi:test::labeling::aidp:index:Any::item",
    client,
  }: { owner?: string; client?: Client } = {},
): TestPlatform {
  const told: string[] = [];
  const warned: string[] = [];
  return {
    client: client ?? clientOf(emulator),
    owner,
    told,
    warned,
    info: (message) => told.push(message),
    status: () => {},
    warn: (message) => warned.push(message),
  };
}
