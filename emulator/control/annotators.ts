import { randomUUID } from "node:crypto";
import { toCoco } from "../exports/coco.ts";
import { pictureSizes, type Size } from "../files/picture-sizes.ts";
import { notFound } from "../http/api-error.ts";
import type { SignalOutcome, WorkItem } from "../model.ts";
import type { Platform } from "../platform.ts";

export interface AnnotateInput {
  projectId: string;
  batchIds?: number[];
  workItemIDs?: string[];
  outcome: SignalOutcome;
}

/** Plays the part of the people: takes every open item that matches, and finishes it. */
export async function annotate(
  platform: Platform,
  input: AnnotateInput,
): Promise<{ completed: number; workItemIDs: string[] }> {
  const { store } = platform;
  const project = store.tenants.project(input.projectId);
  if (project === undefined) {
    throw notFound(`Project ${input.projectId}`);
  }
  const open = () =>
    store.workItems.all({
      projectId: project.id,
      ids: input.workItemIDs,
      batchIds: input.batchIds,
      statuses: ["NEW", "IN_PROGRESS"],
    });
  const sizes = await pictureSizes(platform, project.spaceId, open());
  // The items are looked up again because others may have changed them meanwhile.
  const items = open();
  for (const item of items) {
    finish(platform, project.spaceId, item, input.outcome, sizes.get(item.fields.assetUrl));
  }
  return { completed: items.length, workItemIDs: items.map((item) => item.id) };
}

/** This is synchronous, so that no request sees or changes an item halfway. */
function finish(
  { store, files }: Platform,
  spaceId: string,
  item: WorkItem,
  outcome: SignalOutcome,
  size: Size | undefined,
): void {
  const by = { taskType: "labeling", assignee: "annotator@emulator" };
  let current = item;
  if (item.status === "NEW") {
    store.workItems.move([{ item, status: "IN_PROGRESS", event: { signal: "start", ...by } }]);
    current = { ...item, status: "IN_PROGRESS" };
  }
  if (outcome === "OK") {
    const path = `annotations/${randomUUID()}.json`;
    const coco = toCoco(item, new Date(), size);
    files.write(spaceId, path, "application/json", JSON.stringify(coco));
    store.annotations.put(
      item,
      {},
      { coco_results_url: `s3://emulator/spaces/${spaceId}/${path}` },
    );
  }
  const status = outcome === "OK" ? "COMPLETED" : "FAILED";
  const event = { signal: "complete" as const, outcome, ...by };
  store.workItems.move([{ item: current, status, event }]);
}
