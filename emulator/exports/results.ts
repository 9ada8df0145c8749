import type { Annotation, WorkItem } from "../model.ts";
import type { Platform } from "../platform.ts";
import type { Coco } from "./coco.ts";

export interface Result {
  annotation: Annotation;
  coco: Coco;
}

/** What an annotator has handed in for an item, if anything. */
export function readResult(
  { store, files }: Platform,
  spaceId: string,
  item: WorkItem,
): Result | undefined {
  const annotation = store.annotations.get(item.id);
  const url = String(annotation?.metadata.coco_results_url);
  const text = files.readText(spaceId, url.slice(`s3://emulator/spaces/${spaceId}/`.length));
  return annotation === undefined || text === undefined
    ? undefined
    : { annotation, coco: JSON.parse(text) };
}
