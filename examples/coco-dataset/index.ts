// A COCO file and the folder of its pictures become a batch, uploads and work items: its boxes are pre-labels, and
// boxes that reach out of their picture are refused before anything is sent.

import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

const days = new pulumi.Config().requireNumber("dueInDays");

const { batch, workItems } = new aidp.Dataset("photos", {
  batchName: "vision-photos-2026-12",
  batchMetadata: { owner: "vision-team" },
  folder: "../quickstart/photos",
  manifest: "../quickstart/photos.coco.json",
  defaults: { dueInSeconds: days * 24 * 60 * 60, difficulty: 30 },
});

export const batchId = batch.batchId;
/** The platform's ids of the work items, by the name of their picture. */
export const ids = workItems.ids;
/** How many work items have which status, as of the last update or refresh. */
export const statuses = workItems.statuses;
