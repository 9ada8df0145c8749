// One shard of a dataset that is too large for one stack: the items whose key falls to this stack.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

const config = new pulumi.Config();
const shard = config.requireNumber("shard");
const shards = config.requireNumber("shards");
const dataset = config.require("dataset");

/** The same for a key on every machine and at every time. */
function shardOf(key: string): number {
  return createHash("sha256").update(key).digest().readUInt32BE() % shards;
}

const items: Record<string, aidp.WorkItemSetItemArgs> = {};
const lines = createInterface({ input: createReadStream(config.require("manifest")) });
for await (const line of lines) {
  const { key, ...item } = JSON.parse(line);
  if (shardOf(key) === shard) {
    items[key] = item;
  }
}

// Each shard has a batch of its own, so that no stack has to look through another's work items.
const batch = new aidp.Batch("batch", { name: `${dataset}-${shard}-of-${shards}` });

const workItems = new aidp.WorkItemSet("items", {
  batchId: batch.batchId,
  items,
  defaults: { dueInSeconds: 7 * 24 * 60 * 60, difficulty: 30, metadata: { dataset } },
});

export const batchId = batch.batchId;
export const statuses = workItems.statuses;
