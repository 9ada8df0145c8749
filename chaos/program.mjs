/** The program of a stack on a real engine. It declares what a file next to it says, in either way. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as dynamic from "pulumi-ai-data-platform";

const { isPlugin, sharedBatchId, batchMetadata, sets, workItems } = JSON.parse(
  readFileSync("declared.json", "utf8"),
);

/** A class for the plugin's resources, like those that are made from its schema. */
const ofPlugin = (kind, outputs) =>
  class extends pulumi.CustomResource {
    constructor(name, args) {
      super(
        `aidp:index:${kind}`,
        name,
        // As an output, because the SDK cannot name an input that has a key such as "toString".
        { ...outputs, ...args, ...(args.items && { items: pulumi.output(args.items) }) },
        {
          aliases: [{ type: `pulumi-nodejs:dynamic/aidp:${kind}` }],
          // As the dynamic classes do, so that `--replace` makes the items anew.
          deleteBeforeReplace: kind !== "Batch",
        },
      );
    }
  };
const plugin = {
  Batch: ofPlugin("Batch", { batchId: undefined }),
  UploadSet: ofPlugin("UploadSet", { paths: undefined }),
  WorkItem: ofPlugin("WorkItem"),
  WorkItemSet: ofPlugin("WorkItemSet"),
};
const { Batch, UploadSet, WorkItem, WorkItemSet } = isPlugin ? plugin : dynamic;

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
