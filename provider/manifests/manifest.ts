import { stat } from "node:fs/promises";
import { join } from "node:path";
import { FilesError, Problems } from "../disk/problems.ts";
import { nearName } from "../disk/select-files.ts";
import type { SetItem } from "../items/set-item.ts";
import { isObject } from "../lifecycle/plain.ts";
import { type Picture, type Reading, toItem } from "./annotated.ts";
import type { DeclaredCategory } from "./categories.ts";
import { Dropped } from "./dropped.ts";
import { type Format, type FormatName, formatOf, formats } from "./formats.ts";
import { fromHuggingFace } from "./hugging-face.ts";
import type { Row } from "./row.ts";
import { type Split, splitsOfNames } from "./yolo-splits.ts";

/** How a manifest is read. */
export interface ManifestOptions {
  /** Default: the one that its name and first characters tell. */
  format?: FormatName | undefined;
  /** Counts what is not sent. */
  dropped?: Dropped | undefined;
}

/**
 * Reads the work items of a manifest, by key, in the format that `formats` finds. It reads a table as a stream, and says
 * at its end what is wrong.
 */
export async function* readManifest(
  path: string,
  { format, dropped = new Dropped() }: ManifestOptions = {},
): AsyncGenerator<[key: string, item: SetItem]> {
  const { read, rows } = await findFormat(path, format);
  let isEmpty = true;
  const entries =
    rows === undefined ? items(await read?.(path, readingOf(dropped))) : keyed(rows(path), dropped);
  for await (const entry of entries) {
    isEmpty = false;
    yield entry;
  }
  if (isEmpty) {
    throw new FilesError(
      "it has no work items, which would end all that are there: write it again, or declare items: {}",
    );
  }
}

/** The annotated pictures of a manifest; undefined if it is a table. A box that is none is left out if `isLenient`. */
export async function readPictures(
  path: string,
  { format, dropped, isLenient }: ManifestOptions & Pick<Reading, "isLenient">,
): Promise<Picture[] | undefined> {
  const { read } = await findFormat(path, format);
  return read?.(path, { ...readingOf(dropped), isLenient });
}

/** What the annotations of a manifest may be of; undefined if its format has no such list. */
export async function readCategories(
  path: string,
  format?: FormatName,
): Promise<DeclaredCategory[] | undefined> {
  const { categories } = await findFormat(path, format);
  return categories?.(path, readingOf());
}

/** The line on which a table has the item with a key; undefined if none has it, or if the manifest is no table. */
export async function lineOf(
  path: string,
  key: string,
  format?: FormatName,
): Promise<number | undefined> {
  const { rows } = await findFormat(path, format);
  for await (const row of rows?.(path) ?? []) {
    const { line, fields } = fromHuggingFace(row, new Dropped());
    if (keyOf(fields) === key) {
      return line;
    }
  }
  return undefined;
}

/** What kind of file of the manifest each picture has; undefined if the manifest is one file for all. */
export async function fileOfEachPicture(
  path: string,
  format?: FormatName,
): Promise<string | undefined> {
  const { fileOfEach } = await findFormat(path, format);
  return (await stat(path)).isDirectory() ? fileOfEach : undefined;
}

/** What the pictures of a manifest are for, as it says or as their names tell. */
export async function readSplits(path: string, format?: FormatName): Promise<Split[]> {
  const { splits, read } = await findFormat(path, format);
  const said = (await splits?.(path)) ?? [];
  if (said.length > 0) {
    return said;
  }
  const pictures = await read?.(path, { ...readingOf(), isLenient: true });
  return splitsOfNames((pictures ?? []).map(({ name }) => name));
}

function readingOf(dropped: Dropped = new Dropped()): Reading {
  return { problems: new Problems(), dropped };
}

function* items(pictures: readonly Picture[] = []): Generator<[key: string, item: SetItem]> {
  for (const picture of pictures) {
    yield [picture.name, toItem(picture)];
  }
}

async function findFormat(path: string, name: FormatName | undefined): Promise<Format> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new FilesError(`there is no such file${await nearName(path)}`);
  }
  const format = name === undefined ? await formatOf(path, found) : formats[name];
  if (format === undefined) {
    throw new FilesError(
      found.isDirectory()
        ? "it is a folder with neither a data.yaml, obj.data or classes.txt (YOLO) nor XML files (Pascal VOC)"
        : "its name must end in .jsonl, .ndjson, .csv, .parquet, .json (COCO, Label Studio), .yaml (YOLO) or .xml (CVAT, Pascal VOC)",
    );
  }
  return format;
}

/** Turns rows into items with their keys, and says at the end on which lines something is wrong. */
async function* keyed(
  rows: AsyncIterable<Row>,
  dropped: Dropped,
): AsyncGenerator<[key: string, item: SetItem]> {
  const lineOf = new Map<unknown, number>();
  const problems = new Problems();
  for await (const row of rows) {
    const { line, problem, fields } = fromHuggingFace(row, dropped);
    const { key: _, labels, ...others } = fields;
    const item = { ...others, ...(labels !== undefined && { labels: given(labels) }) };
    const key = keyOf(fields);
    // "./a.jpg" and "a.jpg" are one file, which should be paid for once.
    const name = fields.key === undefined && key === fields.file ? join(String(key)) : key;
    const earlier = lineOf.get(key) ?? lineOf.get(name);
    if (problem !== undefined) {
      problems.add(`line ${line}: ${problem}`);
    } else if (typeof key !== "string" || key === "") {
      problems.add(keyProblem(line, fields));
    } else if (earlier !== undefined) {
      problems.add(`line ${line}: key "${key}" is on line ${earlier} as well`);
    } else {
      lineOf.set(key, line).set(name, line);
      yield [key, item as unknown as SetItem];
    }
  }
  problems.end();
}

/** The labels without the null that tables have where nothing is given. */
function given(labels: unknown): unknown {
  const isGiven = ([name, value]: [string, unknown]) =>
    value !== null || !["bbox", "metadata"].includes(name);
  const withoutNull = (label: unknown) =>
    isObject(label) ? Object.fromEntries(Object.entries(label).filter(isGiven)) : label;
  return Array.isArray(labels) ? labels.map(withoutNull) : labels;
}

function keyOf({ file, assetUrl, key = file ?? assetUrl }: Row["fields"]): unknown {
  return key;
}

/** Says why a row has no key to know its item by. A table with other separators has only one column. */
function keyProblem(line: number, fields: Row["fields"]): string {
  if (isObject(fields.image)) {
    return `line ${line}: its picture is in the table itself: save it as a file, and name that in a column file_name`;
  }
  const [column, ...others] = Object.keys(fields);
  return column !== undefined && others.length === 0 && /[;\t|]/.test(column)
    ? `line ${line}: its one column is "${column}": separate columns by commas`
    : `line ${line}: key must be text, which neither key, file nor assetUrl gives`;
}
