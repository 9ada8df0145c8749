// Ours, as single resources: one an item.
import * as aidp from "pulumi-ai-data-platform";
import { dueInSeconds, itemsOf } from "./items.ts";

const batch = new aidp.Batch("pictures", { name: "pictures" });

for (const [key, item] of Object.entries(itemsOf(process.env))) {
  new aidp.WorkItem(key, { batchId: batch.batchId, dueInSeconds, ...item });
}
