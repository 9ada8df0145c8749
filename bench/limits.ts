/**
 * How well a set keeps to the rate that a service allows: npm run bench:limits. For each limit it tells how much of what
 * is allowed was used, and how many requests were refused, once settled.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmulator } from "../emulator/server.ts";
import type { RateLimit } from "../emulator/settings.ts";
import { clientOf } from "../harness/emulator.ts";
import { workItemSetLifecycle } from "../provider/resources/work-item-set.ts";
import { runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";

/** What comes before is not counted. */
const settlingMs = 15_000;
const measuredMs = 20_000;

const limits: RateLimit[] = [10, 50, 100].flatMap((perSecond) =>
  (["bucket", "window"] as const).flatMap((kind) =>
    [1, null].map((retryAfterSeconds) => ({ perSecond, kind, retryAfterSeconds })),
  ),
);

/** Makes a set on a service with a limit, until the time is up. */
async function measured(limit: RateLimit): Promise<string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "aidp-limits-"));
  const emulator = await startEmulator({ dataDir, rateLimit: limit });
  const { projectId, store } = emulator;
  const ending = new AbortController();
  const client = clientOf(emulator, emulator.apiKey, ending.signal);
  const count = limit.perSecond * ((settlingMs + measuredMs) / 1000) * 2;
  const items = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      String(index),
      JSON.stringify({ assetUrl: `uploads/${index}.png`, assetType: "image" }),
    ]),
  );
  const owner = "urn:pulumi:bench::limits::pulumi-nodejs:dynamic/aidp:WorkItemSet::set";
  const platform = { client, owner, info: () => {}, status: () => {}, warn: () => {} };
  const working = workItemSetLifecycle.create(platform, { projectId, items }).catch(() => {});
  const sample = async () => {
    const answer = await fetch(`${emulator.origin}/_emulator/stats`);
    const { requests } = (await answer.json()) as { requests: Record<string, number> };
    return { asked: requests.createWorkItem ?? 0, made: store.workItems.all({ projectId }).length };
  };
  await delay(settlingMs);
  const [before, startedAt] = [await sample(), performance.now()];
  await delay(measuredMs);
  const [after, endedAt] = [await sample(), performance.now()];
  ending.abort();
  await working;
  await emulator.close();
  rmSync(dataDir, { recursive: true });
  const made = after.made - before.made;
  const asked = after.asked - before.asked;
  const allowed = (limit.perSecond * (endedAt - startedAt)) / 1000;
  return [
    String(limit.perSecond),
    limit.kind ?? "",
    limit.retryAfterSeconds === null ? "no" : "yes",
    `${Math.round((made / allowed) * 100)} %`,
    `${(((asked - made) / asked) * 100).toFixed(1)} %`,
  ];
}

await runMain(import.meta, async () => {
  const rows = [];
  for (const limit of limits) {
    rows.push(await measured(limit));
  }
  console.log(table(["limit (1/s)", "kind", "Retry-After", "used", "refused"], rows));
  return 0;
});
