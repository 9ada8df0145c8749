// A training job that begins once people have labeled enough: the update waits for them, reads what they made, and
// hands it to the job.

import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { TrainingJob } from "./training-job.ts";

const percent = new pulumi.Config().requireNumber("percent");
const pictures = ["crossing", "junction", "bridge", "tunnel"];

const batch = new aidp.Batch("signs", {
  name: "vision-training-2026-12",
  metadata: { owner: "vision-team" },
});

const set = new aidp.WorkItemSet("signs", {
  batchId: batch.id,
  items: Object.fromEntries(
    pictures.map((name) => [name, { assetUrl: `https://pictures.example.com/${name}.jpg` }]),
  ),
  defaults: { dueInSeconds: 8 * 60 * 60 },
  // So that the stack can be destroyed later: what people have finished stays on the platform.
  onWorkInProgress: "cancel",
});

// Nothing below is known or made before that; a preview does not wait.
const labeled = new aidp.BatchCompletion(
  "labeled",
  { batchId: batch.id, percent, timeoutMinutes: 480 },
  { dependsOn: set },
);

const { workItems } = aidp.getWorkItemsOutput(
  { batchIds: [batch.id], status: "COMPLETED" },
  { dependsOn: labeled },
);
const annotations = workItems.apply(async (finished) => {
  const found = await Promise.all(
    finished.map(({ workItemId }) => aidp.getAnnotation({ workItemId })),
  );
  // The COCO files in the space: `getSignedUrls` makes URLs to read them from.
  return found.flatMap(({ resultsPath }) => resultsPath ?? []);
});

const job = new TrainingJob("signs", { annotations }, { dependsOn: labeled });

export const trainedOn = job.annotations;
