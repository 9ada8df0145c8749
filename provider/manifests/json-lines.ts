import { parseJson } from "../api/int64.ts";
import { linesOfFile } from "../disk/utf8.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";
import type { Row } from "./row.ts";

/** The lines of a file of JSON Lines, each an object; empty ones are left out. */
export async function* jsonLines(path: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of linesOfFile(path)) {
    line += 1;
    if (text.trim() !== "") {
      yield readObject(line, text);
    }
  }
}

/** What is null is not given: tables are often written so. */
function withoutNull(fields: Plain): Plain {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function readObject(line: number, text: string): Row {
  try {
    const fields: unknown = parseJson(text);
    return isObject(fields)
      ? { line, fields: withoutNull(fields) }
      : { line, fields: {}, problem: "it must be a JSON object" };
  } catch (error) {
    return {
      line,
      fields: {},
      problem: `it is not JSON (${error instanceof Error ? error.message : error})`,
    };
  }
}
