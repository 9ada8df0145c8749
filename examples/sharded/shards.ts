// Runs all shards of the dataset, several at a time, each as a stack and a `pulumi` process of its own:
//
//   node shards.ts preview|up|refresh|destroy [--shards 4] [--parallel 2] [--manifest photos.jsonl]
//                                             [--dataset vision-signs-2026-12]
//
// What runs one shard is only `pulumi up` on its stack: a CI matrix, Pulumi Deployments or the Pulumi
// Kubernetes Operator do the same on machines of their own.

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import * as automation from "@pulumi/pulumi/automation/index.js";
import pMap from "p-map";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shards: { type: "string", default: "4" },
    parallel: { type: "string", default: String(availableParallelism()) },
    manifest: { type: "string", default: "photos.jsonl" },
    dataset: { type: "string", default: "vision-signs-2026-12" },
  },
});
const shards = Number(values.shards);

type OnEvent = (event: automation.EngineEvent) => void;
type Counts = Record<string, number | undefined>;
type Operation = (stack: automation.Stack, onEvent: OnEvent) => Promise<Counts>;

const operations: Record<string, Operation> = {
  preview: async (stack, onEvent) => (await stack.preview({ onEvent })).changeSummary,
  up: async (stack, onEvent) => (await stack.up({ onEvent })).summary.resourceChanges ?? {},
  refresh: async (stack, onEvent) =>
    (await stack.refresh({ onEvent })).summary.resourceChanges ?? {},
  destroy: async (stack, onEvent) =>
    (await stack.destroy({ onEvent })).summary.resourceChanges ?? {},
};

const operate = operations[positionals[0] ?? ""];
if (operate === undefined || !(shards >= 1) || !(Number(values.parallel) >= 1)) {
  console.error("Usage: node shards.ts preview|up|refresh|destroy [--shards 4] [--parallel 2] …");
  process.exit(1);
}

/** Answers whether the shard went well. The others go on when it does not. */
async function run(shard: number, operate: Operation): Promise<boolean> {
  const name = `${values.dataset}-${shard}-of-${shards}`;
  const problems: string[] = [];
  const onEvent: OnEvent = ({ diagnosticEvent }) => {
    const { severity = "", message = "" } = diagnosticEvent ?? {};
    if (severity === "error") {
      problems.push(message);
    } else if (severity.startsWith("info") || severity === "warning") {
      console.log(`${name}: ${message.trim()}`);
    }
  };
  try {
    const stack = await automation.LocalWorkspace.createOrSelectStack({
      stackName: name,
      workDir: import.meta.dirname,
    });
    await stack.setAllConfig({
      shard: { value: String(shard) },
      shards: { value: String(shards) },
      dataset: { value: values.dataset },
      manifest: { value: resolve(values.manifest) },
    });
    const counts = Object.entries(await operate(stack, onEvent));
    console.log(`${name}: ${counts.map(([what, count]) => `${count} ${what}`).join(", ")}`);
    return true;
  } catch (error) {
    const [reason = error instanceof Error ? error.message : String(error)] = problems;
    console.log(`${name}: failed: ${reason.replace(/\s+/g, " ").trim()}`);
    return false;
  }
}

const outcomes = await pMap(Array.from({ length: shards }).keys(), (shard) => run(shard, operate), {
  concurrency: Number(values.parallel),
});
const good = outcomes.filter((isGood) => isGood).length;
console.log(`${good} of ${shards} shards are done`);
process.exitCode = good === shards ? 0 : 1;
