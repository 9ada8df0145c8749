import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";

/** The waits before each look for something made recently, which may take a while to be listed or to be readable. */
export const lookAgainAfterMs = [0, 500, 1_500, 4_000];

/** Waits before another try. After a Ctrl-C it does not wait, because what comes next is then refused. */
export async function pause({ signal }: Client, ms: number): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {});
}
