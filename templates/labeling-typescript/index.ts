import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

// Every picture that the COCO file lists becomes a work item, with its boxes as pre-labels. Replace the file and the pictures
// with your own; without `manifest`, every picture of the folder becomes a work item.
const dataset = new aidp.Dataset("photos", {
  batchName: `${pulumi.getProject()}-${pulumi.getStack()}`,
  folder: "photos",
  manifest: "photos.coco.json",
  defaults: { dueInSeconds: 7 * 24 * 60 * 60 },
});

export const batchId = dataset.batch.batchId;
export const statuses = dataset.workItems.statuses;
