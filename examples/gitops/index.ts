// What people label, in one batch: `items.jsonl` is what a pull request changes.

import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

const days = new pulumi.Config().requireNumber("dueInDays");

const batch = new aidp.Batch("signs", {
  name: "vision-signs-2026-12",
  metadata: { owner: "vision-team" },
});

const set = new aidp.WorkItemSet("signs", {
  batchId: batch.id,
  manifest: "items.jsonl",
  defaults: {
    dueInSeconds: days * 24 * 60 * 60,
    difficulty: 30,
    metadata: { owner: "vision-team" },
  },
});

export const statuses = set.statuses;
