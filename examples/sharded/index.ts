// One shard of a dataset that is too large for one stack: the items whose keys fall to it. `up.ts` runs all shards.

import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { itemsOfShard } from "./shards.ts";

const config = new pulumi.Config();
const shard = config.requireNumber("shard");
const shards = config.requireNumber("shards");
const items = await itemsOfShard(config.require("manifest"), shard, shards);

// A batch for each shard: a stack looks through its whole batch for what an interrupted update left, and
// should find only its own items there. Named after the stack (`photos-0-of-4`), so no two share one.
const batch = new aidp.Batch("items", { name: pulumi.getStack() });

const set = new aidp.WorkItemSet("items", {
  batchId: batch.batchId,
  items,
  defaults: { dueInSeconds: 7 * 24 * 60 * 60, metadata: { owner: "vision-team" } },
});

export const workItems = Object.keys(items).length;
export const statuses = set.statuses;
