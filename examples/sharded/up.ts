// Runs the shards of a dataset, several at a time, each as a stack and a Pulumi process of its own.
//
//   npm install /path/to/pulumi-ai-data-platform-0.1.0.tgz
//   node up.ts up --dataset photos --shards 4 --manifest items.jsonl
//
// Pulumi's login and passphrase and the platform's AIDP_… settings come from the environment.

import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as automation from "@pulumi/pulumi/automation/index.js";
import pMap from "p-map";

const usage =
  "Usage: node up.ts preview|up|refresh|destroy --dataset NAME --shards N [--manifest items.jsonl] [--parallel CORES]";

const commands = ["preview", "up", "refresh", "destroy"] as const;

interface Options {
  command: (typeof commands)[number];
  dataset: string;
  shards: number;
  manifest: string;
  parallel: number;
}

/** What became of a shard: how many of its resources were created, the same and so on, or why it failed. */
type Outcome = { changes: Record<string, number>; note: string } | { failure: string };

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dataset: { type: "string" },
      shards: { type: "string" },
      manifest: { type: "string", default: "items.jsonl" },
      parallel: { type: "string", default: String(availableParallelism()) },
    },
  });
  const command = commands.find((each) => each === positionals[0]);
  const [shards, parallel] = [Number(values.shards), Number(values.parallel)];
  if (command === undefined || positionals.length > 1 || values.dataset === undefined) {
    throw new Error(usage);
  }
  if (!(Number.isInteger(shards) && Number.isInteger(parallel) && shards > 0 && parallel > 0)) {
    throw new Error("--shards and --parallel take integers from 1 on");
  }
  // From the program's folder, wherever that is checked out.
  const manifest = relative(import.meta.dirname, resolve(values.manifest));
  return { command, dataset: values.dataset, shards, manifest, parallel };
}

function stackName({ dataset, shards }: Options, shard: number): string {
  return `${dataset}-${shard}-of-${shards}`;
}

/** Another number of shards means other stacks, which would create every item once more. */
async function refuseOtherSplit(workspace: automation.Workspace, options: Options): Promise<void> {
  for (const { name, resourceCount = 0 } of await workspace.listStacks()) {
    const [, dataset, shards] = /^(.+)-\d+-of-(\d+)$/.exec(name) ?? [];
    if (dataset === options.dataset && Number(shards) !== options.shards && resourceCount > 0) {
      throw new Error(
        `${options.dataset} is in ${shards} shards: use --shards ${shards}, or destroy these first`,
      );
    }
  }
}

async function runShard(
  workspace: automation.Workspace,
  options: Options,
  shard: number,
): Promise<Outcome> {
  const { command, shards, manifest } = options;
  try {
    const name = stackName(options, shard);
    const isNew = command === "preview" || command === "up";
    const stack = await automation.Stack[isNew ? "createOrSelect" : "select"](name, workspace);
    await stack.setAllConfig({
      manifest: { value: manifest },
      shard: { value: String(shard) },
      shards: { value: String(shards) },
    });
    if (command === "preview") {
      return { changes: (await stack.preview()).changeSummary, note: "" };
    }
    const { summary, stdout } = await stack[command]();
    // What the set itself says it did.
    const note = /^ {4}items: (.+)$/m.exec(stdout)?.[1] ?? "";
    return { changes: summary.resourceChanges ?? {}, note };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

/** The first thing that went wrong, in one line. Pulumi shows the whole value before what is wrong with it. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("spawn pulumi ENOENT")) {
    return "there is no pulumi on the PATH";
  }
  const start =
    /^\s*(?:stderr: )?error: (?:\d+ errors? occurred:\s+\* )?(?:.* has a problem: )?(.+)$/gm;
  const errors = [...text.matchAll(start)];
  const reasons = errors.map(([, reason = ""]) => reason);
  return reasons.find((reason) => !/^\w+ (partially )?failed$/.test(reason)) ?? text.trim();
}

const words: Record<string, string> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
  same: "unchanged",
};

/** In the order of the words, whichever shard ended first. */
function describe(changes: Record<string, number>): string {
  const kinds = Object.keys({ ...words, ...changes }).filter((kind) => changes[kind]);
  return kinds.map((kind) => `${changes[kind]} ${words[kind] ?? kind}`).join(", ") || "none";
}

async function main(options: Options): Promise<number> {
  const workDir = import.meta.dirname;
  const workspace = await automation.LocalWorkspace.create({ workDir });
  if (options.command === "preview" || options.command === "up") {
    await refuseOtherSplit(workspace, options);
  }

  // Ctrl-C reaches the running shards by themselves; wait for them, and start no more. A listener that stays:
  // without one, the Automation API ends this process and kills them.
  let stopping = false;
  process.on("SIGINT", () => {
    stopping = true;
    console.error("Stopping once the running shards have; another Ctrl-C stops these at once.");
  });

  const total: Record<string, number> = {};
  let ended = 0;
  let failed = 0;
  const run = async (shard: number) => {
    const started = performance.now();
    const outcome: Outcome = stopping
      ? { failure: "not started" }
      : await runShard(workspace, options, shard);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    ended += 1;
    const place = `[${ended}/${options.shards}] ${stackName(options, shard)}`;
    if ("failure" in outcome) {
      failed += 1;
      console.error(`${place} FAILED in ${seconds} s: ${outcome.failure}`);
      return;
    }
    for (const [kind, count] of Object.entries(outcome.changes)) {
      total[kind] = (total[kind] ?? 0) + count;
    }
    const note = outcome.note === "" ? "" : `; work items: ${outcome.note}`;
    console.log(`${place} in ${seconds} s: ${describe(outcome.changes)}${note}`);
  };
  await pMap(Array(options.shards).keys(), run, { concurrency: options.parallel });

  console.log(
    `${options.shards - failed} of ${options.shards} shards done, ${failed} failed. Resources: ${describe(total)}.`,
  );
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(readOptions());
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 1;
}
