import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";

/** The waits before each look for what was made lately: it may take a while to be listed, or to be read. */
export const lookAgainAfterMs = [0, 500, 1_500, 4_000];

/** Waits before something is tried again. After a Ctrl-C it does not wait: what comes next is refused then. */
export async function pause({ signal }: Client, ms: number): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {});
}
