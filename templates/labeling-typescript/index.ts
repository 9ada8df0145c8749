import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

// Every picture of the folder becomes a work item, and every box of the COCO file a pre-label. Replace both with your own.
const dataset = new aidp.Dataset("photos", {
  batchName: `${pulumi.getProject()}-${pulumi.getStack()}`,
  folder: "photos",
  manifest: "photos.coco.json",
  defaults: { dueInSeconds: 7 * 24 * 60 * 60 },
});

export const batchId = dataset.batch.batchId;
export const statuses = dataset.workItems.statuses;
