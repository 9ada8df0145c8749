import { isObject, type Plain } from "../lifecycle/plain.ts";
import { parseIfJson } from "../text/json.ts";
import type { Row } from "./row.ts";

// A folder of pictures of Hugging Face has a table with `file_name`, and with `objects`: lists of boxes and of their
// categories, or a list of objects with a box and a category each.

const wrong =
  'objects must have bbox, and category or categories of as many, like {"bbox": [[1, 2, 3, 4]], "categories": ["sign"]}';

/** The row as ours are; one without these columns is as it is. */
export function fromHuggingFace(row: Row): Row {
  const { file_name, objects, ...fields } = row.fields;
  if (file_name === undefined && objects === undefined) {
    return row;
  }
  const file = file_name === undefined ? {} : { file: file_name };
  if (objects === undefined) {
    return { ...row, fields: { ...file, ...fields } };
  }
  const labels = labelsOf(typeof objects === "string" ? parseIfJson(objects) : objects);
  return labels === undefined
    ? { ...row, problem: wrong }
    : { ...row, fields: { ...file, ...(labels.length > 0 && { labels }), ...fields } };
}

function labelsOf(objects: unknown): Plain[] | undefined {
  const list = Array.isArray(objects) ? objects : isObject(objects) ? asList(objects) : undefined;
  const isSound = list?.every((each) => isObject(each) && each.bbox !== undefined);
  return isSound ? list?.map(toLabel) : undefined;
}

/** Lists side by side as one list; undefined if they are not of one length. */
function asList({ bbox, category, categories = category }: Plain): Plain[] | undefined {
  if (!Array.isArray(bbox) || (categories !== undefined && !Array.isArray(categories))) {
    return undefined;
  }
  return categories === undefined || categories.length === bbox.length
    ? bbox.map((each, index) => ({ bbox: each, category: categories?.[index] }))
    : undefined;
}

function toLabel({ bbox, category, categories = category }: Plain): Plain {
  return { bbox, ...(categories !== undefined && { metadata: { category: String(categories) } }) };
}
