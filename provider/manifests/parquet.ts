import { FilesError } from "../disk/problems.ts";
import type { Plain } from "../lifecycle/plain.ts";
import type { Row } from "./row.ts";

/** The rows of a Parquet file: its columns are the fields of an item, as those of JSON Lines are. */
export async function* parquetRows(path: string): AsyncGenerator<Row> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import(
    "hyparquet"
  );
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    // A group of rows is unpacked as a whole.
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd });
      for (const [index, row] of rows.entries()) {
        yield { line: rowStart + index + 1, fields: plain(row) as Plain };
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    throw new FilesError(
      `it is not Parquet that can be read (${(error as Error).message}): write it with snappy, or as JSON Lines`,
    );
  }
}

/** A value as JSON has it: what is null is not given, and whole numbers are exact. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value instanceof Uint8Array) {
    // Pictures in the table itself, which no item has a field for.
    return `${value.length} bytes`;
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
    return Object.fromEntries(entries.map(([name, each]) => [name, plain(each)]));
  }
  return value;
}
