// Ours, as a set: one resource that holds all items.
import * as aidp from "pulumi-ai-data-platform";
import { dueInSeconds, itemsOf } from "./items.ts";

const batch = new aidp.Batch("pictures", { name: "pictures" });
const { BENCH_CHANGED, BENCH_MANIFEST } = process.env;

new aidp.WorkItemSet("items", {
  batchId: batch.batchId,
  ...(BENCH_MANIFEST === undefined
    ? { items: itemsOf(process.env) }
    : { manifest: BENCH_CHANGED === "1" ? "changed.jsonl" : BENCH_MANIFEST }),
  defaults: { dueInSeconds },
});
