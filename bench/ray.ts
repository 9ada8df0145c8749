/**
 * Whether each item is there once after a sharded run on Ray lost a worker and a machine: docs/sharding.md.
 * npm run bench:ray -- --python .venv/bin/python [--items 10000] [--shards 10] [--limit 1800]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { shardOf } from "../examples/sharded/shards.ts";
import { ensureLibrary } from "../scripts/build-library.ts";
import { findEngine } from "../scripts/engine.ts";
import { integer } from "../scripts/integer.ts";
import { Failure, runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { pulumiEnvironment } from "./contenders/pulumi-program.ts";
import { machine } from "./machine.ts";
import { Platform } from "./platform.ts";
import { makeItems } from "./programs/items.ts";
import { killTree, Service } from "./ray/machines.ts";
import { number } from "./report.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { makeShardedProject } from "./sharded-project.ts";
import { total } from "./targets.ts";

interface Settings {
  python: string;
  /** Of each shard. */
  items: number;
  shards: number;
  limitSeconds: number;
}

const dataset = "photos";

/** Two machines with a Ray node each, and a store for the states. */
class Cluster {
  readonly #python: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #services = new Map<string, Service>();
  address = "";

  constructor(python: string, env: NodeJS.ProcessEnv) {
    this.#python = python;
    this.#env = env;
  }

  async start(folder: string): Promise<void> {
    const store = ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"];
    const ready = /Running on (http:\S+)/;
    const moto = await Service.start([this.#python, ...store], this.#env, ready);
    this.#services.set("store", moto);
    await fetch(`${moto.said}/states`, { method: "PUT" });
    const query = `endpoint=${moto.said}&use_path_style=true&region=us-east-1`;
    Object.assign(this.#env, {
      PULUMI_BACKEND_URL: `s3://states/labeling?${query}`,
      AWS_ACCESS_KEY_ID: "any",
      AWS_SECRET_ACCESS_KEY: "any",
      // Ray gives way to whatever else runs on the machine.
      RAY_worker_niceness: "0",
    });
    const head = ["--head", "--port=0", "--include-dashboard=false", `--temp-dir=${folder}/ray`];
    this.address = await this.startNode("node-a", head);
  }

  /** Ray's own port is known only when it is there. */
  async startNode(name: string, options = [`--address=${this.address}`]): Promise<string> {
    const shared = ["--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats"];
    const command = ["-m", "ray.scripts.scripts", "start", ...options, ...shared, "--block"];
    const ready = options.includes("--head") ? /--address='(.+)'/ : /Ray runtime started/;
    const node = await Service.machine(name, [this.#python, ...command], this.#env, ready);
    this.#services.set(name, node);
    return node.said;
  }

  node(name: string): Service {
    const node = this.#services.get(name);
    if (node === undefined) {
      throw new Error(`There is no ${name}.`);
    }
    return node;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map((each) => each.kill()));
  }
}

/** Waits until a shard that a machine runs, and not the other one, is in the middle; returns its number. */
async function untilHalfway(
  node: Service,
  platform: Platform,
  { items, shards }: Settings,
  after: number,
  other?: number,
): Promise<number> {
  for (;;) {
    const batches = await platform.batches();
    const created = batches.reduce((sum, { totalCount }) => sum + totalCount, 0);
    const halfway = batches.find(
      ({ name, totalCount }) =>
        Math.abs(totalCount / items - 0.5) < 0.25 &&
        name !== `${dataset}-${other}-of-${shards}` &&
        node.processes().some(({ command }) => command.includes(`--stack ${name} `)),
    );
    if (halfway !== undefined && created >= after) {
      return Number(/-(\d+)-of-/.exec(halfway.name)?.[1]);
    }
    if (created >= items * shards) {
      throw new Failure("All was created before anything could be killed: take more items.");
    }
    await delay(100);
  }
}

/** Kills one shard's worker process with all that it started, and later a whole machine. */
async function wreck(cluster: Cluster, platform: Platform, settings: Settings): Promise<string[]> {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  const all = settings.items * settings.shards;
  const log: string[] = [];
  const tell = async (what: string) => {
    log.push(`${what} killed after ${seconds()} s, with ${await platform.countItems()} items`);
    console.error(`  ${log.at(-1)}`);
  };

  const worker = cluster.node("node-a");
  const first = await untilHalfway(worker, platform, settings, all * 0.1);
  const task = worker.processes().find(({ command }) => command.startsWith("ray::run_up"));
  if (task === undefined) {
    throw new Failure("node-a runs no task.");
  }
  killTree(task.pid);
  await tell(`the worker of shard ${first} on node-a`);

  const lost = cluster.node("node-b");
  const second = await untilHalfway(lost, platform, settings, all * 0.4, first);
  await lost.kill();
  await tell(`node-b, in shard ${second},`);
  return log;
}

/** Each declared item must be open once, in the batch of its shard. Returns how many were ever made. */
async function verify(platform: Platform, { items, shards }: Settings): Promise<number> {
  const declared = new Map(
    Object.entries(makeItems(items * shards, false)).map(([key, { assetUrl }]) => [
      assetUrl,
      `${dataset}-${shardOf(key, shards)}-of-${shards}`,
    ]),
  );
  const stored = await platform.workItems();
  const names = new Map((await platform.batches()).map(({ id, name }) => [id, name]));
  for (const { assetUrl, batchId } of stored.filter(({ status }) => status !== "FAILED")) {
    const batch = declared.get(assetUrl);
    if (batch === undefined || batch !== names.get(batchId)) {
      throw new Failure(`${assetUrl} is there twice, or in the wrong batch: ${names.get(batchId)}`);
    }
    declared.delete(assetUrl);
  }
  if (declared.size > 0) {
    throw new Failure(`${declared.size} items are missing, such as ${[...declared.keys()][0]}.`);
  }
  return stored.length;
}

async function run(settings: Settings, folder: string, platform: Platform): Promise<string> {
  const { python, items, shards, limitSeconds } = settings;
  makeShardedProject(folder, items * shards);
  const env = { ...pulumiEnvironment(await findEngine(), folder), ...platform.environment() };
  const cluster = new Cluster(python, env);
  const rows: string[][] = [];
  const onRay = async (command: string, title: string, code = 0): Promise<Outcome> => {
    console.error(`${title}:`);
    await platform.resetTraffic();
    const options = ["--dataset", dataset, "--shards", `${shards}`, "--manifest", "items.jsonl"];
    const args = ["on_ray.py", command, ...options];
    const driverEnv = { ...process.env, RAY_ADDRESS: cluster.address };
    const step = { file: python, args, cwd: folder, env: driverEnv };
    const outcome = await runCommand(step, {}, limitSeconds);
    console.error(outcome.output.replace(/^/gm, "  "));
    if (outcome.code !== code) {
      throw new Failure(`${title}: exit code ${outcome.code}`);
    }
    const { requests } = await platform.traffic();
    const done = /^\d+ of \d+ shards done/m.exec(outcome.output)?.[0] ?? "";
    // Whoever waits for the time to kill lists batches.
    const others = Object.entries(requests).filter(([operation]) => operation !== "listBatches");
    rows.push([
      ...[title, done, number(outcome.seconds)],
      ...[
        total(Object.fromEntries(others)),
        requests.createWorkItem ?? 0,
        await platform.countItems(),
      ].map((count) => count.toLocaleString("en")),
    ]);
    return outcome;
  };
  try {
    await cluster.start(folder);
    await cluster.startNode("node-b");
    const [, kills] = await Promise.all([
      onRay("up", "up, with both kills", 1),
      wreck(cluster, platform, settings),
    ]);
    await cluster.startNode("node-b");
    await onRay("up", "the same command");
    const made = await verify(platform, settings);
    const { output } = await onRay("preview", "preview");
    if (output.match(/: 3 unchanged$/gm)?.length !== shards) {
      throw new Failure("A preview would change something.");
    }
    const heads = ["command", "result", "seconds", "requests", "creations", "items"];
    const sum = `Each of ${items * shards} items is open once; ${made} were ever made.`;
    return `${table(heads, rows)}\n\n${kills.join("\n")}\n${sum}`;
  } finally {
    await cluster.stop();
  }
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      python: { type: "string", default: "python3" },
      items: { type: "string", default: "10000" },
      shards: { type: "string", default: "10" },
      limit: { type: "string", default: "1800" },
    },
  });
  const python = values.python.includes("/") ? resolve(values.python) : values.python;
  try {
    execFileSync(python, ["-c", "import ray, moto.server"], { stdio: "pipe" });
  } catch {
    throw new Failure(
      `${values.python} has no Ray or no moto: python3 -m venv .venv; ` +
        ".venv/bin/pip install ray 'moto[server]'; and --python .venv/bin/python",
    );
  }
  const settings = {
    python,
    items: integer("--items", values.items, 1),
    shards: integer("--shards", values.shards, 2),
    limitSeconds: integer("--limit", values.limit, 1),
  };
  await ensureLibrary();
  const on = machine();
  const platform = await Platform.start(0);
  const folder = mkdtempSync(join(tmpdir(), "aidp-ray-"));
  try {
    const report = await run(settings, folder, platform);
    console.log(`${JSON.stringify({ ...on, ...settings })}\n\n${report}`);
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});
