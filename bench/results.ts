/**
 * Downloading results: `aidp results` and the vendor's own client, in turn, with the same concurrency.
 * npm run bench:results -- [--items 1000] [--latency 20] [--concurrency 10] [--rounds 3] [--python python3]
 * The Python needs the package cf-ai-platform-client 0.3.0.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import pMap from "p-map";
import { Client } from "../provider/api/client.ts";
import { ensureLibrary } from "../scripts/build-library.ts";
import { integer } from "../scripts/integer.ts";
import { Failure, runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { projectRoot } from "../scripts/paths.ts";
import { machine } from "./machine.ts";
import { median } from "./median.ts";
import { Platform } from "./platform.ts";

const run = promisify(execFile);

interface Way {
  name: string;
  command(out: string): [file: string, args: string[]];
  seconds: number[];
  requests: string;
}

function options() {
  const { values } = parseArgs({
    options: {
      items: { type: "string", default: "1000" },
      latency: { type: "string", default: "20" },
      concurrency: { type: "string", default: "10" },
      rounds: { type: "string", default: "3" },
      python: { type: "string", default: "python3" },
    },
  });
  return {
    items: integer("--items", values.items, 1),
    latencyMs: integer("--latency", values.latency, 0),
    concurrency: integer("--concurrency", values.concurrency, 1),
    rounds: integer("--rounds", values.rounds, 1),
    python: values.python,
  };
}

/** A platform with finished work items in its batch `Default`. */
async function finishedPlatform(items: number, latencyMs: number): Promise<Platform> {
  const platform = await Platform.start(latencyMs);
  const { url, apiKey, projectId } = platform.emulator;
  const client = new Client({ apiKey, baseUrl: url, concurrency: 64 });
  await pMap(
    Array.from({ length: items }, (_, index) => index),
    (index) =>
      client.workItems.create(projectId, {
        assetUrl: `uploads/${index}.png`,
        assetType: "image",
        labels: Array.from({ length: 5 }, (_, x) => ({ bbox: [x, 2, 30, 40] })),
      }),
    { concurrency: 64 },
  );
  await platform.annotate();
  return platform;
}

async function time(way: Way, platform: Platform, items: number): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), "aidp-bench-results-"));
  try {
    await platform.resetTraffic();
    const [file, args] = way.command(out);
    const startedAt = performance.now();
    await run(file, args, { env: { ...process.env, ...platform.environment() } });
    way.seconds.push((performance.now() - startedAt) / 1000);
    const files = readdirSync(out, { recursive: true }).filter((name) =>
      /[0-9a-f-]{36}\.json$/.test(String(name)),
    );
    if (files.length !== items) {
      throw new Failure(`${way.name} wrote ${files.length} of ${items} files.`);
    }
    const { requests } = await platform.traffic();
    way.requests = String(Object.values(requests).reduce((sum, count) => sum + count, 0));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

await runMain(import.meta, async () => {
  const { items, latencyMs, concurrency, rounds, python } = options();
  await run(python, ["-c", "import cf_ai_platform_client"]).catch(() => {
    throw new Failure(
      `${python} has no package cf-ai-platform-client: install version 0.3.0 in a virtual environment, and name its Python with --python.`,
    );
  });
  await ensureLibrary();
  const official = join(projectRoot, "bench/programs/official-results.py");
  const cli = join(projectRoot, "dist/cli/main.js");
  const ways: Way[] = [
    {
      name: "aidp results",
      command: (out) => [
        process.execPath,
        [cli, "results", "--batch", "Default", "--out", out, "--concurrency", String(concurrency)],
      ],
      seconds: [],
      requests: "",
    },
    {
      name: "cf-ai-platform-client",
      command: (out) => [python, [official, out, String(concurrency)]],
      seconds: [],
      requests: "",
    },
  ];
  console.log(JSON.stringify(machine()));
  const platform = await finishedPlatform(items, latencyMs);
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) {
        await time(way, platform, items);
      }
    }
  } finally {
    await platform.stop();
  }
  const [ours = Number.NaN, theirs = Number.NaN] = ways.map(({ seconds }) => median(seconds));
  console.log(
    table(
      ["client", "seconds, median", "all rounds", "requests"],
      ways.map(({ name, seconds, requests }) => [
        name,
        median(seconds).toFixed(2),
        seconds.map((each) => each.toFixed(2)).join(", "),
        requests,
      ]),
    ),
  );
  console.log(`aidp results is ${(theirs / ours).toFixed(2)} times as fast`);
  return 0;
});
