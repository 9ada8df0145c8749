// Six photographs become a batch of work for people: uploaded, with a deadline and pre-drawn boxes.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

interface CocoFile {
  images: { id: number; file_name: string }[];
  categories: { id: number; name: string }[];
  annotations: { image_id: number; category_id: number; bbox: number[] }[];
}

const coco: CocoFile = JSON.parse(readFileSync("photos.coco.json", "utf8"));
const categories = new Map(coco.categories.map(({ id, name }) => [id, name]));
const days = new pulumi.Config().requireNumber("dueInDays");

const batch = new aidp.Batch("photos", {
  name: "vision-quickstart-2026-12",
  metadata: { owner: "vision-team", purpose: "quickstart" },
});

const items = coco.images.map((image) => {
  const name = image.file_name.replace(/\.\w+$/, "");
  const upload = new aidp.SignedUpload(name, { source: `photos/${image.file_name}` });
  return new aidp.WorkItem(name, {
    batchId: batch.batchId,
    assetUrl: upload,
    dueInSeconds: days * 24 * 60 * 60,
    difficulty: 30,
    metadata: { file: image.file_name },
    labels: coco.annotations
      .filter(({ image_id }) => image_id === image.id)
      .map(({ category_id, bbox }) => ({
        bbox,
        metadata: { category: categories.get(category_id) },
      })),
  });
});

export const batchId = batch.batchId;
export const workItems = pulumi.all(items.map((item) => item.workItemId));
