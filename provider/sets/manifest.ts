import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { pipeline, Readable } from "node:stream";
import { parse } from "csv-parse";
import { parseJson } from "../api/int64.ts";
import { readCoco } from "./coco.ts";
import type { SetItem } from "./items.ts";
import { FilesError, Problems } from "./problems.ts";
import { linesOfFile, textOfFile } from "./utf8.ts";

/**
 * Reads the work items of a file: JSON Lines (`.jsonl`, `.ndjson`), CSV (`.csv`) or COCO (`.json`). The
 * file is read as a stream, and never held whole.
 */
export async function readManifest(path: string): Promise<Map<string, SetItem>> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new FilesError("there is no such file");
  }
  const items = await itemsIn(path);
  if (items.size === 0) {
    throw new FilesError(
      "it has no work items, which would end all that are there: write it again, or declare items: {}",
    );
  }
  return items;
}

function itemsIn(path: string): Promise<Map<string, SetItem>> {
  switch (extname(path).toLowerCase()) {
    case ".jsonl":
    case ".ndjson":
      return collect(jsonLines(path));
    case ".csv":
      return collect(csvRows(path));
    case ".json":
      return readCoco(path);
    default:
      throw new FilesError("its name must end in .jsonl, .ndjson, .csv or .json (COCO)");
  }
}

interface Row {
  line: number;
  /** What could not be read, where something could not. */
  problem?: string;
  fields: Record<string, unknown>;
}

/** Makes rows items by their key, and says on which lines something is wrong. */
async function collect(rows: AsyncIterable<Row>): Promise<Map<string, SetItem>> {
  const items = new Map<string, SetItem>();
  const lineOf = new Map<string, number>();
  const problems = new Problems();
  for await (const { line, problem, fields } of rows) {
    const { key = fields.file ?? fields.assetUrl, ...item } = fields;
    const earlier = typeof key === "string" ? lineOf.get(key) : undefined;
    if (problem !== undefined) {
      problems.add(`line ${line}: ${problem}`);
    } else if (typeof key !== "string" || key === "") {
      problems.add(keyProblem(line, fields));
    } else if (earlier !== undefined) {
      problems.add(`line ${line}: key "${key}" is on line ${earlier} as well`);
    } else {
      lineOf.set(key, line);
      items.set(key, item as unknown as SetItem);
    }
  }
  problems.end();
  return items;
}

/** No item is known by such a row. A table of other separators has one column. */
function keyProblem(line: number, fields: Row["fields"]): string {
  const [column, ...others] = Object.keys(fields);
  return column !== undefined && others.length === 0 && /[;\t|]/.test(column)
    ? `line ${line}: its one column is "${column}": separate columns by commas`
    : `line ${line}: key must be text, which neither key, file nor assetUrl gives`;
}

async function* jsonLines(path: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of linesOfFile(path)) {
    line += 1;
    if (text.trim() !== "") {
      yield readObject(line, text);
    }
  }
}

function readObject(line: number, text: string): Row {
  try {
    const fields: unknown = parseJson(text);
    return typeof fields === "object" && fields !== null && !Array.isArray(fields)
      ? { line, fields: fields as Record<string, unknown> }
      : { line, fields: {}, problem: "it must be a JSON object" };
  } catch (error) {
    return {
      line,
      fields: {},
      problem: `it is not JSON (${error instanceof Error ? error.message : error})`,
    };
  }
}

const numbers = new Set(["dueInSeconds", "difficulty"]);

/** The columns are the fields of an item; `metadata.owner` is an entry of its metadata, `labels` is JSON. */
async function* csvRows(path: string): AsyncGenerator<Row> {
  const parser = parse({ skip_empty_lines: true, info: true, trim: true });
  // An error of the file ends the parser, and so the rows below.
  pipeline(Readable.from(textOfFile(path)), parser, () => {});
  let columns: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns !== undefined) {
        yield readCells(info.lines, columns, record);
      } else {
        columns = record;
        const seen = new Set<string>();
        const repeated = columns.find((column) => seen.size === seen.add(column).size);
        if (repeated !== undefined) {
          throw new FilesError(`column "${repeated}" is there twice`);
        }
      }
    }
  } catch (error) {
    throw error instanceof FilesError
      ? error
      : new FilesError(`it is not CSV (${error instanceof Error ? error.message : error})`);
  }
}

function readCells(line: number, columns: readonly string[], cells: readonly string[]): Row {
  const fields: [string, unknown][] = [];
  const metadata: [string, string][] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    if (cell === "") {
      continue;
    }
    if (column.startsWith("metadata.")) {
      metadata.push([column.slice("metadata.".length), cell]);
    } else if (column === "labels") {
      try {
        fields.push([column, parseJson(cell)]);
      } catch {
        return { line, fields: {}, problem: "labels must be JSON" };
      }
    } else {
      // What is no number is told as what it is.
      const number = numbers.has(column) ? Number(cell) : Number.NaN;
      fields.push([column, Number.isNaN(number) ? cell : number]);
    }
  }
  if (metadata.length > 0) {
    fields.push(["metadata", Object.fromEntries(metadata)]);
  }
  return { line, fields: Object.fromEntries(fields) };
}
