import type { Export, JsonObject, WorkItem } from "../model.ts";
import type { Platform } from "../platform.ts";
import { toTime } from "../time.ts";
import { categoryName, mergeCoco } from "./coco.ts";
import { type Result, readResult } from "./results.ts";

const itemColumns = ["workItemID", "projectID", "batchId", "assetUrl"];
const columns = {
  ANNOTATION: [...itemColumns, "category", "x", "y", "width", "height"],
  INFERENCE: [...itemColumns, "inference"],
  ASSET_METADATA: [...itemColumns, "assetType", "status", "createdAt", "updatedAt", "metadata"],
};

/** The content of the file of an export. The vendor does not document what JSON and CSV contain. */
export function exportText(platform: Platform, { spaceId, input, createdAt }: Export): string {
  const { format, content, name } = input;
  const items = findItems(platform, spaceId, input);
  if (format === "COCO_JSON") {
    const documents = findAnnotated(platform, spaceId, items).map(({ coco }) => coco);
    return JSON.stringify(mergeCoco(documents, name, new Date(createdAt)));
  }
  const records = toRecords(platform, spaceId, items, input);
  return format === "JSON" ? JSON.stringify(records) : toCsv(columns[content], records);
}

function toRecords(
  platform: Platform,
  spaceId: string,
  items: WorkItem[],
  { content, format }: Export["input"],
): JsonObject[] {
  if (content === "ASSET_METADATA") {
    return items.map((item) => ({
      ...toRecord(item),
      assetType: item.fields.assetType,
      status: item.status,
      createdAt: new Date(item.createdAt).toISOString(),
      updatedAt: new Date(item.updatedAt).toISOString(),
      metadata: item.fields.metadata ?? {},
    }));
  }
  const annotated = findAnnotated(platform, spaceId, items);
  if (content === "INFERENCE") {
    return annotated.map(({ item, annotation }) => ({
      ...toRecord(item),
      inference: annotation.inference,
    }));
  }
  // A table row has one box, while a JSON record has all boxes of its item.
  return format === "CSV"
    ? annotated.flatMap(({ item, coco }) =>
        coco.annotations.map((annotation) => {
          const [x, y, width, height] = annotation.bbox;
          const category = categoryName(annotation, coco.categories);
          return { ...toRecord(item), category, x, y, width, height };
        }),
      )
    : annotated.map(({ item, coco }) => ({
        ...toRecord(item),
        annotations: coco.annotations.map((annotation) => ({
          category: categoryName(annotation, coco.categories),
          bbox: annotation.bbox,
        })),
      }));
}

function findItems({ store }: Platform, spaceId: string, input: Export["input"]): WorkItem[] {
  return store.tenants
    .projectsOf(spaceId)
    .filter(({ id }) => input.projectIds?.includes(id) ?? true)
    .flatMap(({ id }) =>
      store.workItems.all({
        projectId: id,
        batchIds: input.batchIds,
        statuses: input.content === "ANNOTATION" ? ["COMPLETED"] : undefined,
        createdFrom: toTime(input.createdAtFrom),
        createdTo: toTime(input.createdAtTo),
        updatedFrom: toTime(input.updatedAtFrom),
        updatedTo: toTime(input.updatedAtTo),
      }),
    );
}

/** The work items for which an annotator has handed something in. */
function findAnnotated(
  platform: Platform,
  spaceId: string,
  items: WorkItem[],
): Array<Result & { item: WorkItem }> {
  return items.flatMap((item) => {
    const result = readResult(platform, spaceId, item);
    return result === undefined ? [] : [{ item, ...result }];
  });
}

function toRecord({ id, projectId, batchId, fields }: WorkItem): JsonObject {
  return { workItemID: id, projectID: projectId, batchId, assetUrl: fields.assetUrl };
}

function toCsv(header: string[], records: JsonObject[]): string {
  const rows = [header, ...records.map((record) => header.map((name) => record[name]))];
  return rows.map((row) => `${row.map(toCell).join(",")}\r\n`).join("");
}

function toCell(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
