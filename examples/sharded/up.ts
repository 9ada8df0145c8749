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
import { withLocksOf } from "./locks.ts";

const usage =
  "Usage: node up.ts preview|up|refresh|destroy|check --dataset NAME --shards N [--manifest items.jsonl]\n" +
  "         [--parallel CORES] [--only 3,7] [--checked] [--take-over HOST]…";

const commands = ["preview", "up", "refresh", "destroy"] as const;

interface Options {
  command: (typeof commands)[number];
  dataset: string;
  shards: number;
  only: number[];
  manifest: string;
  parallel: number;
  /** Whether the caller has run `check`. It reads the state of every stack. */
  checked: boolean;
  /** Hosts whose killed processes' locks may be taken away. */
  takeOver: string[];
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
      only: { type: "string" },
      checked: { type: "boolean", default: false },
      "take-over": { type: "string", multiple: true, default: [] },
    },
  });
  // Where a machine runs one shard of many: `check` is what a preview looks at before all shards, once for all of them.
  const isCheck = positionals[0] === "check";
  const command = isCheck ? "preview" : commands.find((each) => each === positionals[0]);
  const [shards, parallel] = [Number(values.shards), Number(values.parallel)];
  if (command === undefined || positionals.length > 1 || values.dataset === undefined) {
    throw new Error(usage);
  }
  if (!(Number.isInteger(shards) && Number.isInteger(parallel) && shards > 0 && parallel > 0)) {
    throw new Error("--shards and --parallel take integers from 1 on");
  }
  const all = Array.from({ length: shards }, (_, shard) => String(shard));
  const chosen = isCheck ? [] : (values.only?.split(",") ?? all);
  if (!chosen.every((shard, index) => all.includes(shard) && chosen.indexOf(shard) === index)) {
    throw new Error(`--only takes shards from 0 to ${shards - 1}, each once: not "${values.only}"`);
  }
  // From the program's folder, wherever that is checked out.
  const manifest = relative(import.meta.dirname, resolve(values.manifest));
  const { dataset, checked, "take-over": takeOver } = values;
  const only = chosen.map(Number);
  return { command, dataset, shards, only, manifest, parallel, checked, takeOver };
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
  signal: AbortSignal,
): Promise<Outcome> {
  const { command, shards, manifest, takeOver } = options;
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
    const tell = (line: string) => console.error(`${name} ${line}`);
    const update = () => stack[command]();
    const { summary, stdout } = await withLocksOf(takeOver, stack, update, tell, signal);
    // What the set itself says it did.
    const note = [...stdout.matchAll(/^ {4}items: (.+)$/gm)].at(-1)?.[1] ?? "";
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
  if ((options.command === "preview" || options.command === "up") && !options.checked) {
    await refuseOtherSplit(workspace, options);
  }

  // Ctrl-C reaches the running shards by themselves; wait for them, and start no more. A listener that stays:
  // without one, the Automation API ends this process and kills them.
  const stop = new AbortController();
  process.on("SIGINT", () => {
    stop.abort();
    console.error("Stopping once the running shards have; another Ctrl-C stops these at once.");
  });

  const total: Record<string, number> = {};
  let ended = 0;
  let failed = 0;
  const run = async (shard: number) => {
    const started = performance.now();
    const outcome: Outcome = stop.signal.aborted
      ? { failure: "not started" }
      : await runShard(workspace, options, shard, stop.signal);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    ended += 1;
    const place = `[${ended}/${options.only.length}] ${stackName(options, shard)}`;
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
  await pMap(options.only, run, { concurrency: options.parallel });

  console.log(
    `${options.only.length - failed} of ${options.only.length} shards done, ${failed} failed. Resources: ${describe(total)}.`,
  );
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(readOptions());
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 1;
}
