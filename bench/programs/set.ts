// Ours, as a set: one resource that holds all items.
import * as aidp from "pulumi-ai-data-platform";
import { dueInSeconds, itemsOf } from "./items.ts";

const batch = new aidp.Batch("pictures", { name: "pictures" });

new aidp.WorkItemSet("items", {
  batchId: batch.batchId,
  items: itemsOf(process.env),
  defaults: { dueInSeconds },
});
