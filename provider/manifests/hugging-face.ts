import { isObject, type Plain } from "../lifecycle/plain.ts";
import { parseIfJson } from "../text/json.ts";
import type { Dropped } from "./dropped.ts";
import type { Row } from "./row.ts";

// A folder of pictures of Hugging Face has a table with `file_name`, and with `objects`: lists of boxes, of their
// categories and of what else is known, or a list of objects with a box and a category each.

const wrong =
  'objects must have bbox, and all its other lists of as many, like {"bbox": [[1, 2, 3, 4]], "categories": ["sign"]}';

/** The row as ours are; one without these columns is as it is. */
export function fromHuggingFace(row: Row, dropped: Dropped): Row {
  const { file_name, objects, ...fields } = row.fields;
  if (file_name === undefined && objects === undefined) {
    return row;
  }
  const file = file_name === undefined ? {} : { file: file_name };
  if (objects !== undefined && fields.labels !== undefined) {
    return { ...row, problem: "it has both labels and objects: give one of them" };
  }
  if (objects === undefined) {
    return { ...row, fields: { ...file, ...fields } };
  }
  const list = listOf(typeof objects === "string" ? parseIfJson(objects) : objects);
  if (list === undefined) {
    return { ...row, problem: wrong };
  }
  const labels = list.map((each) => toLabel(each, dropped));
  return { ...row, fields: { ...file, ...(labels.length > 0 && { labels }), ...fields } };
}

function listOf(objects: unknown): Plain[] | undefined {
  const list = Array.isArray(objects) ? objects : isObject(objects) ? asList(objects) : undefined;
  const isSound = list?.every((each) => isObject(each) && each.bbox !== undefined);
  return isSound ? list : undefined;
}

/** Lists side by side as one list; undefined if they are not of one length. */
function asList(lists: Plain): Plain[] | undefined {
  const { bbox } = lists;
  const columns = Object.entries(lists).filter(([, column]) => column !== null);
  return Array.isArray(bbox) &&
    columns.every(([, column]) => Array.isArray(column) && column.length === bbox.length)
    ? bbox.map((_, index) =>
        Object.fromEntries(columns.map(([name, column]) => [name, (column as unknown[])[index]])),
      )
    : undefined;
}

/** Ids and areas are left out, as they are of COCO: nothing refers to an id, and the box has its area. */
function toLabel(
  { bbox, category, categories = category, id: _, area: __, iscrowd, ...others }: Plain,
  dropped: Dropped,
): Plain {
  const metadata = {
    ...(categories !== undefined && categories !== null && { category: String(categories) }),
    ...dropped.keepOf({ ...others, ...(iscrowd !== 0 && { iscrowd }) }),
  };
  return { bbox, ...(Object.keys(metadata).length > 0 && { metadata }) };
}
