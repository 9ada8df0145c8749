/** The program of a stack on a real engine. It declares what a file next to it says. */
import { readFileSync } from "node:fs";
import { Batch, UploadSet, WorkItem, WorkItemSet } from "pulumi-ai-data-platform";

const { sharedBatchId, batchMetadata, sets, workItems } = JSON.parse(
  readFileSync("declared.json", "utf8"),
);
const { paths: uploads } = new UploadSet("pictures", { folder: "files" });
const batchId =
  sharedBatchId ??
  new Batch("batch", { name: "own", adopt: true, metadata: batchMetadata }).batchId;
for (const [name, args] of Object.entries(sets)) {
  new WorkItemSet(name, { ...args, batchId, uploads });
}
for (const [name, args] of Object.entries(workItems)) {
  new WorkItem(name, { ...args, batchId });
}
