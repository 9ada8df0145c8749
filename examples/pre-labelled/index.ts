// What a model found becomes pre-labels that people correct, each with its confidence. A picture is as hard as the
// box that the model is least sure of, so that the platform can give it to people with experience.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

interface Prediction {
  key: string;
  assetUrl: string;
  metadata: { model: string };
  labels: { bbox: number[]; metadata: { category: string; confidence: number } }[];
}

/**
 * In three steps: another difficulty replaces the work item, other labels change in place. So a new run of the model
 * costs people's time only where it is much less or much more sure.
 */
function difficultyOf({ labels }: Prediction): number {
  // Where the model found nothing, people have to search the whole picture.
  const confidence = Math.min(...labels.map(({ metadata }) => metadata.confidence));
  if (labels.length === 0 || confidence < 0.5) {
    return 80;
  }
  return confidence < 0.9 ? 50 : 20;
}

const file = new pulumi.Config().require("predictions");
const lines = readFileSync(file, "utf8").trim().split("\n");
const predictions = lines.map((line): Prediction => JSON.parse(line));

const batch = new aidp.Batch("signs", {
  name: "vision-pre-labelled-2026-12",
  metadata: { owner: "vision-team" },
});

const set = new aidp.WorkItemSet("signs", {
  batchId: batch.id,
  items: Object.fromEntries(
    predictions.map((prediction) => {
      const { key, ...item } = prediction;
      return [key, { ...item, difficulty: difficultyOf(prediction) }];
    }),
  ),
  defaults: { dueInSeconds: 3 * 24 * 60 * 60 },
});

export const ids = set.ids;
