// Ours, as a dataset: the files of a folder are uploaded, and each becomes a work item.
import * as aidp from "pulumi-ai-data-platform";
import { dueInSeconds } from "./items.ts";

new aidp.Dataset("pictures", {
  batchName: "pictures",
  folder: "files",
  manifest: process.env.BENCH_CHANGED === "1" ? "changed.jsonl" : "items.jsonl",
  defaults: { dueInSeconds },
});
