import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { FilesError, Problems } from "../disk/problems.ts";
import type { SetItem } from "../items/set-item.ts";
import { jsonLines } from "./json-lines.ts";
import type { Row } from "./row.ts";

/**
 * Reads the work items of a file, by key: JSON Lines (`.jsonl`, `.ndjson`), CSV (`.csv`) or COCO (`.json`). It reads the
 * file as a stream, and says at its end what is wrong.
 */
export async function* readManifest(path: string): AsyncGenerator<[key: string, item: SetItem]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new FilesError("there is no such file");
  }
  let isEmpty = true;
  for await (const entry of itemsIn(path)) {
    isEmpty = false;
    yield entry;
  }
  if (isEmpty) {
    throw new FilesError(
      "it has no work items, which would end all that are there: write it again, or declare items: {}",
    );
  }
}

/** Reads the file by its kind. What most programs do without is loaded only then. */
async function* itemsIn(path: string): AsyncGenerator<[key: string, item: SetItem]> {
  switch (extname(path).toLowerCase()) {
    case ".jsonl":
    case ".ndjson":
      yield* keyed(jsonLines(path));
      break;
    case ".csv": {
      const { csvRows } = await import("./csv.ts");
      yield* keyed(csvRows(path));
      break;
    }
    case ".json": {
      const { readCoco } = await import("./coco.ts");
      yield* await readCoco(path);
      break;
    }
    default:
      throw new FilesError("its name must end in .jsonl, .ndjson, .csv or .json (COCO)");
  }
}

/** Turns rows into items with their keys, and says at the end on which lines something is wrong. */
async function* keyed(rows: AsyncIterable<Row>): AsyncGenerator<[key: string, item: SetItem]> {
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
      yield [key, item as unknown as SetItem];
    }
  }
  problems.end();
}

/** Says why a row has no key to know its item by. A table with other separators has only one column. */
function keyProblem(line: number, fields: Row["fields"]): string {
  const [column, ...others] = Object.keys(fields);
  return column !== undefined && others.length === 0 && /[;\t|]/.test(column)
    ? `line ${line}: its one column is "${column}": separate columns by commas`
    : `line ${line}: key must be text, which neither key, file nor assetUrl gives`;
}
