import { z } from "zod";

// Ids are int64 on the wire, beyond what a JavaScript number holds. They are kept as decimal text:
// the platform's numbers are read from the JSON source and written back as they were.

type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Parses JSON; an integer whose digits a number would change becomes its decimal text. */
export function parseJson(text: string): unknown {
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === "number" &&
    source !== undefined &&
    /^-?\d+$/.test(source) &&
    String(value) !== source
      ? source
      : value,
  );
}

/** An int64 as the platform sends it, a number or its text; read as text. */
export const int64 = z
  .union([z.number().refine(Number.isInteger), z.string().regex(/^-?\d+$/)])
  .transform((id) => String(id));

/** Makes `JSON.stringify` write an id's text as the number it is. */
export function int64ToJson(id: string): unknown {
  return rawJSON(id);
}
