import { pipeline, Readable } from "node:stream";
import { parse } from "csv-parse";
import { parseJson } from "../api/int64.ts";
import { FilesError } from "../disk/problems.ts";
import { textOfFile } from "../disk/utf8.ts";
import type { Row } from "./row.ts";

const numbers = new Set(["dueInSeconds", "difficulty"]);

/**
 * The rows of a CSV file. The columns are the fields of an item; `metadata.owner` is an entry of its metadata, and
 * `labels` is JSON.
 */
export async function* csvRows(path: string): AsyncGenerator<Row> {
  // Spreadsheets write rows and columns of separators only.
  const parser = parse({
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    info: true,
    trim: true,
  });
  // An error in the file ends the parser, and so the rows below.
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
        refuseColumns(columns);
      }
    }
  } catch (error) {
    throw error instanceof FilesError
      ? error
      : new FilesError(`it is not CSV (${error instanceof Error ? error.message : error})`);
  }
}

function refuseColumns(columns: readonly string[]): void {
  const seen = new Set<string>();
  const named = columns.filter((column) => column !== "");
  const repeated = named.find((column) => seen.size === seen.add(column).size);
  if (repeated !== undefined) {
    throw new FilesError(`column "${repeated}" is there twice`);
  }
  const entry = named.find((column) => column.startsWith("metadata."));
  if (entry !== undefined && seen.has("metadata")) {
    throw new FilesError(
      `columns "metadata" and "${entry}" say the same in two ways: give each entry a column like "${entry}"`,
    );
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
    if (column === "") {
      return { line, fields: {}, problem: `"${cell}" is in a column without a name` };
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
      // A cell that is not a number stays as it is, so that the message about it shows it.
      const number = numbers.has(column) ? Number(cell) : Number.NaN;
      fields.push([column, Number.isNaN(number) ? cell : number]);
    }
  }
  if (metadata.length > 0) {
    fields.push(["metadata", Object.fromEntries(metadata)]);
  }
  return { line, fields: Object.fromEntries(fields) };
}
