/**
 * What a dataset costs that is split over stacks, by examples/sharded: docs/large-datasets.md.
 * npm run bench:sharded -- [--items 40000] [--shards 4]
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildLibrary } from "../scripts/build-library.ts";
import { engineEnv, findEngine } from "../scripts/engine.ts";
import { linkModules } from "../scripts/link-modules.ts";
import { Failure, runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { projectRoot } from "../scripts/paths.ts";
import { Platform } from "./platform.ts";
import { makeItems } from "./programs/items.ts";
import { runCommand } from "./run-command.ts";

const limitSeconds = 1_200;
const operations = ["up", "preview", "refresh", "destroy"] as const;

/** Runs the example from its beginning to its end, and answers a row for each of its operations. */
async function measure(items: number, shards: number, parallel: number): Promise<string[][]> {
  const platform = await Platform.start(0);
  const folder = mkdtempSync(join(tmpdir(), "aidp-bench-sharded-"));
  try {
    const environment = prepare(folder, items, platform, await findEngine());
    const rows: string[][] = [];
    for (const operation of operations) {
      const args = [
        join(folder, "shards.ts"),
        operation,
        "--manifest",
        join(folder, "items.jsonl"),
      ];
      const outcome = await runCommand(
        {
          file: process.execPath,
          args: [...args, "--shards", String(shards), "--parallel", String(parallel)],
          cwd: folder,
          env: environment,
        },
        {
          provider: /dynamic-provider/,
          program: /pulumi\/cmd\/run/,
          engine: /^\S*pulumi (up|preview|refresh|destroy) /,
        },
        limitSeconds,
      );
      if (outcome.code !== 0) throw new Failure(outcome.output.slice(-2_000));
      const cpu = Object.values(outcome.usage).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      const peak = (role: string) => ((outcome.usage[role]?.peakBytes ?? 0) / 2 ** 20).toFixed(0);
      rows.push([
        `${shards} of ${(items / shards).toLocaleString("en")}`,
        String(parallel),
        operation,
        outcome.seconds.toFixed(1),
        (outcome.seconds / shards).toFixed(1),
        (cpu / shards).toFixed(1),
        peak("provider"),
        peak("engine"),
        (stateBytes(folder) / shards / 1e6).toFixed(2),
      ]);
      console.error(`${shards} × ${items / shards}, ${operation}: ${outcome.seconds.toFixed(1)} s`);
    }
    return rows;
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(
  folder: string,
  items: number,
  platform: Platform,
  engine: string,
): NodeJS.ProcessEnv {
  cpSync(join(projectRoot, "examples", "sharded"), folder, { recursive: true });
  const lines = Object.entries(makeItems(items, false)).map(([key, item]) =>
    JSON.stringify({ key, ...item }),
  );
  writeFileSync(join(folder, "items.jsonl"), lines.join("\n"));
  linkModules(folder, ["@pulumi", "p-map"]);
  mkdirSync(join(folder, "state"));
  return {
    ...engineEnv(engine),
    ...platform.environment(),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

/** The states of all shards. */
function stateBytes(folder: string): number {
  const stacks = join(folder, "state", ".pulumi", "stacks", "sharded");
  const files = readdirSync(stacks).filter((name) => name.endsWith(".json"));
  return files.reduce((sum, name) => sum + statSync(join(stacks, name)).size, 0);
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      items: { type: "string", default: "40000" },
      shards: { type: "string", default: "4" },
    },
  });
  const items = Number(values.items);
  const shards = Number(values.shards);
  await buildLibrary();
  const load = loadavg()[0]?.toFixed(1);
  const rows = [
    ...(await measure(items, shards, shards)),
    ...(await measure(items, shards, 2)),
    ...(await measure(items, 1, 1)),
    ...(await measure(items / shards, 1, 1)),
  ];
  const heads = [
    ...["stacks", "at once", "operation", "seconds", "seconds a stack", "CPU s a stack"],
    ...["provider MiB", "engine MiB", "state MB a stack"],
  ];
  console.log(`Load before the start: ${load}\n\n${table(heads, rows)}`);
  return 0;
});
