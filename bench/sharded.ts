/**
 * What a dataset costs in shards, as stacks of their own in parallel, and in one stack: docs/benchmarks.md.
 * npm run bench:sharded -- [--items 10000] [--shards 4] [--parallel 4] [--latency 0] [--limit 1800]
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureLibrary } from "../scripts/build-library.ts";
import { findEngine } from "../scripts/engine.ts";
import { integer } from "../scripts/integer.ts";
import { Failure, runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { pulumiEnvironment, roles, stateFolder } from "./contenders/pulumi-program.ts";
import { machine } from "./machine.ts";
import { Platform } from "./platform.ts";
import { number } from "./report.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { makeShardedProject } from "./sharded-project.ts";
import { total } from "./targets.ts";

interface Case {
  items: number;
  shards: number;
}

interface Settings {
  parallel: number;
  latencyMs: number;
  limitSeconds: number;
}

const commands = ["up", "preview"] as const;
const mebibyte = 1024 ** 2;

const heads = [
  ...["items", "stacks", "command", "seconds", "CPU s", "CPU s a stack", "requests"],
  ...["largest provider MiB", "all providers MiB", "state MB", "state MB a stack"],
];

/** A row for each command, on a platform and in a folder that nobody used before. */
async function measure({ items, shards }: Case, settings: Settings): Promise<string[][]> {
  const platform = await Platform.start(settings.latencyMs);
  const folder = mkdtempSync(join(tmpdir(), "aidp-bench-sharded-"));
  try {
    makeShardedProject(folder, items);
    const engine = await findEngine();
    const env = { ...pulumiEnvironment(engine, folder), ...platform.environment() };

    const rows: string[][] = [];
    for (const command of commands) {
      await platform.resetTraffic();
      const options = ["--dataset", "bench", "--shards", `${shards}`];
      const args = ["up.ts", command, ...options, "--parallel", `${settings.parallel}`];
      const step = { file: process.execPath, args, cwd: folder, env };
      const outcome = await runCommand(step, roles, settings.limitSeconds);
      const { requests } = await platform.traffic();
      if (outcome.code !== 0) {
        throw new Failure(`${command} failed: ${outcome.output}`);
      }
      if (command === "up" && (await platform.countItems()) !== items) {
        throw new Failure(`There are ${await platform.countItems()} work items, not ${items}.`);
      }
      console.error(`  ${command}: ${outcome.seconds.toFixed(1)} s`);
      rows.push([
        ...[items.toLocaleString("en"), `${shards}`, command],
        ...figures(outcome, shards, total(requests), stateBytes(folder)),
      ]);
    }
    return rows;
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function figures(outcome: Outcome, shards: number, requests: number, state: number): string[] {
  const cpu = Object.values(outcome.usage).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const { provider } = outcome.usage;
  const mib = (bytes: number | undefined) =>
    bytes === undefined ? "" : String(Math.round(bytes / mebibyte));
  return [
    ...[number(outcome.seconds), number(cpu), number(cpu / shards), requests.toLocaleString("en")],
    ...[mib(provider?.peakBytes), mib(provider?.peaksBytes)],
    ...[number(state / 1e6), number(state / 1e6 / shards)],
  ];
}

function stateBytes(folder: string): number {
  const states = stateFolder(folder, "sharded");
  const files = readdirSync(states).filter((name) => name.endsWith(".json"));
  return files.reduce((sum, name) => sum + statSync(join(states, name)).size, 0);
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      items: { type: "string", default: "10000" },
      shards: { type: "string", default: "4" },
      parallel: { type: "string", default: "4" },
      latency: { type: "string", default: "0" },
      limit: { type: "string", default: "1800" },
    },
  });
  const items = integer("--items", values.items, 1);
  const shards = integer("--shards", values.shards, 2);
  const settings = {
    parallel: integer("--parallel", values.parallel, 1),
    latencyMs: integer("--latency", values.latency, 0),
    limitSeconds: integer("--limit", values.limit, 1),
  };
  await ensureLibrary();
  const on = machine();
  await measure({ items: 10, shards: 1 }, settings); // Not counted: the first reads programs from the disk.
  const rows: string[][] = [];
  for (const each of [
    { items, shards: 1 },
    { items: items * shards, shards },
    { items: items * shards, shards: 1 },
  ]) {
    console.error(`${each.items.toLocaleString("en")} items in ${each.shards} stacks`);
    rows.push(...(await measure(each, settings)));
  }
  console.log(`${JSON.stringify({ ...on, ...settings })}\n\n${table(heads, rows)}`);
  return 0;
});
