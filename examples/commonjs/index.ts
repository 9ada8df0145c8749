// A program in CommonJS with the set-up of `pulumi new typescript`: Pulumi compiles it, and nothing is to be built.

import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

const batch = new aidp.Batch("photos", {
  name: "vision-commonjs-2026-12",
  metadata: { owner: "vision-team" },
});

const photo = new aidp.SignedUpload("coffee", {
  source: new pulumi.asset.FileAsset("../quickstart/photos/coffee.jpg"),
});

const item = new aidp.WorkItem("coffee", {
  batchId: batch.id,
  assetUrl: photo,
  dueInSeconds: 7 * 24 * 60 * 60,
});

export const workItemId: pulumi.Output<string> = item.workItemId;
