import type { JsonObject, Label, WorkItem } from "./model.ts";

/** Drawn on an item that came without boxes. */
const madeUpLabel: Label = { bbox: [40, 30, 200, 120] };
const madeUpSize = { width: 640, height: 480 };

/** What an annotator hands in for a work item: a COCO document with the boxes of its labels. */
export function toCoco(item: WorkItem, finishedAt: Date): JsonObject {
  const boxed = (item.labels ?? []).filter((label) => label.bbox !== undefined);
  const labels = boxed.length > 0 ? boxed : [madeUpLabel];
  const names = [...new Set(labels.map(categoryOf))];
  return {
    info: {
      description: `Work item ${item.id}`,
      version: "1.0",
      date_created: finishedAt.toISOString(),
    },
    images: [{ id: 1, file_name: item.fields.assetUrl, ...madeUpSize }],
    annotations: labels.map((label, index) => toAnnotation(label, index, names)),
    categories: names.map((name, index) => ({ id: index + 1, name, supercategory: "" })),
  };
}

function toAnnotation(label: Label, index: number, names: string[]): JsonObject {
  const [x, y, width, height] = label.bbox ?? [0, 0, 0, 0];
  return {
    id: index + 1,
    image_id: 1,
    category_id: names.indexOf(categoryOf(label)) + 1,
    bbox: [x, y, width, height],
    area: width * height,
    segmentation: [],
    iscrowd: 0,
  };
}

function categoryOf({ metadata }: Label): string {
  return typeof metadata?.category === "string" ? metadata.category : "object";
}
