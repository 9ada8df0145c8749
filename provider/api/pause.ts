import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";

/** Waits before something is tried again. After a Ctrl-C it does not wait: what comes next is refused then. */
export async function pause({ signal }: Client, ms: number): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {});
}
