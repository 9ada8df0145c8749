import { Tokenizer, TokenParser } from "@streamparser/json";
import { FilesError } from "../disk/problems.ts";
import { textOfFile } from "../disk/utf8.ts";
import type { PictureSize } from "../items/box.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";
import {
  type Box,
  numberOf,
  ofTurned,
  type Picture,
  Pictures,
  pixels,
  type Reading,
  sizeOf,
} from "./annotated.ts";
import { type FoundCategory, foundCategories } from "./categories.ts";

// Label Studio's JSON: a list of tasks. The places of a rectangle are hundredths of the picture's size, which each
// rectangle has with it.

/** The pictures of an export of Label Studio, one of each task. */
export async function readLabelStudio(path: string, reading: Reading): Promise<Picture[]> {
  const found = new Pictures(reading);
  for await (const { task, at } of tasksIn(path)) {
    const picture = pictureOf(task);
    if (picture === undefined) {
      reading.problems.add(`${at} has no picture in its data`);
      continue;
    }
    const boxes: Box[] = [];
    let size: PictureSize = {};
    const { results, others } = resultsOf(task);
    for (const _ of others) {
      reading.dropped.add("other annotations of a task");
    }
    const shown = new Set<unknown>();
    for (const [index, result] of results.entries()) {
      if (!isObject(result)) {
        continue;
      }
      if (isObject(result.value) && result.type === "rectanglelabels") {
        const { original_width: width, original_height: height } = result;
        size = sizeOf(width, height);
        shown.add(result.to_name);
        boxes.push(toBox(`${at} result ${index + 1}`, result, result.value, size));
      } else if (typeof result.type === "string") {
        reading.dropped.add(result.type);
      }
    }
    if (shown.size > 1) {
      reading.problems.add(
        `${at} has rectangles on ${shown.size} pictures (${[...shown].join(", ")}), and a work item has one: make a task of each`,
      );
      continue;
    }
    found.add({ ...picture, size, boxes });
  }
  return found.end();
}

/** The labels of the rectangles, because an export has no list of them. */
export async function labelStudioCategories(path: string): Promise<FoundCategory[]> {
  const names = new Set<string>();
  for await (const { task } of tasksIn(path)) {
    for (const result of resultsOf(task).results) {
      const value = isObject(result) && isObject(result.value) ? result.value : {};
      for (const name of Array.isArray(value.rectanglelabels) ? value.rectanglelabels : []) {
        names.add(String(name));
      }
    }
  }
  return foundCategories(names);
}

async function* tasksIn(path: string): AsyncGenerator<{ task: Plain; at: string }> {
  const found: unknown[] = [];
  const tokenizer = new Tokenizer();
  const parser = new TokenParser({ paths: ["$.*"], keepStack: false });
  tokenizer.onToken = (token) => parser.write(token);
  parser.onValue = ({ value }) => {
    found.push(value);
  };
  let number = 0;
  try {
    for await (const piece of textOfFile(path)) {
      tokenizer.write(piece);
      for (const task of found.splice(0)) {
        number += 1;
        if (!isObject(task) || !isObject(task.data)) {
          throw new FilesError(
            `entry ${number} of its list is no task of Label Studio, because it has no data: export it as JSON, not as JSON-MIN. Lists of work items are JSON Lines: name them .jsonl`,
          );
        }
        yield { task, at: `task ${task.id ?? number}` };
      }
    }
  } catch (error) {
    throw error instanceof FilesError
      ? error
      : new FilesError(`it is not JSON (after task ${number})`);
  }
  if (!parser.isEnded) {
    throw new FilesError("it ends too early, so the rest of it is missing");
  }
}

/** Of several texts, the one that ends like this is the picture. */
const pictureEnding = /\.(jpe?g|png|gif|webp|bmp|tiff?)([?#].*)?$/is;

/** The name of a task's picture from the folder, or its address. */
function pictureOf({ data }: Plain): { name: string; assetUrl?: string } | undefined {
  const values = Object.entries(isObject(data) ? data : {});
  const texts = values.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const [, address] =
    texts.find(([name]) => ["image", "img", "picture", "photo"].includes(name)) ??
    texts.find(([, text]) => pictureEnding.test(text)) ??
    texts[0] ??
    [];
  if (address === undefined || address === "") {
    return undefined;
  }
  if (/^https?:\/\//i.test(address)) {
    return { name: address, assetUrl: address };
  }
  const local = /^\/data\/local-files\/\?d=(.+)$/.exec(address)?.[1];
  // An upload has eight digits before the name that it came with.
  const uploaded = /^\/data\/upload\/(?:\d+\/)?(?:[0-9a-f]{8}-)?(.+)$/.exec(address)?.[1];
  const escaped = local ?? uploaded;
  return { name: escaped === undefined ? address : unescaped(escaped) };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A sign of percent that was not escaped.
    return text;
  }
}

/** The first annotation of a task and its others: those of people, or if there are none, those of a model. */
function resultsOf({ annotations, predictions }: Plain): { results: unknown[]; others: Plain[] } {
  const all = Array.isArray(annotations) ? annotations.filter(isObject) : [];
  const valid = all.filter((each) => each.was_cancelled !== true);
  const [first, ...others] =
    valid.length > 0 ? valid : Array.isArray(predictions) ? predictions.filter(isObject) : [];
  return { results: Array.isArray(first?.result) ? first.result : [], others };
}

function toBox(at: string, result: Plain, value: Plain, size: PictureSize): Box {
  const { original_width: width, original_height: height, score, meta } = result;
  const part = (field: string, side: unknown) =>
    pixels(((numberOf(value[field]) ?? Number.NaN) * (numberOf(side) ?? Number.NaN)) / 100);
  const [category, ...more] = Array.isArray(value.rectanglelabels) ? value.rectanglelabels : [];
  const [x, y] = [part("x", width), part("y", height)];
  const straight = [x, y, part("width", width), part("height", height)] as const;
  const { bbox, others } = ofTurned(straight, value.rotation, [x, y], size);
  return {
    at,
    bbox,
    category: category === undefined ? undefined : String(category),
    others: {
      ...others,
      score,
      meta,
      ...(more.length > 0 && { more_labels: more }),
      ...(result.image_rotation !== 0 && { image_rotation: result.image_rotation }),
    },
  };
}
