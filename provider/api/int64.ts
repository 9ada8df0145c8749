import { z } from "zod";

// Ids are int64 on the wire, beyond what a JavaScript number holds. They are kept as decimal text:
// the platform's numbers are read from the JSON source and written back as they were.

type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Parses JSON; an integer whose digits a number would change becomes its decimal text. */
export function parseJson(text: string): unknown {
  // The reviver takes several times as long as the parsing.
  return /\d{16}/.test(text)
    ? parseWithSource(text, (_key, value, { source }) =>
        typeof value === "number" && source !== undefined ? exactNumber(source) : value,
      )
    : JSON.parse(text);
}

/** The number that a JSON text stands for, or the text itself if a number would change its digits. */
export function exactNumber(source: string): number | string {
  const number = Number(source);
  return /^-?[1-9]\d*$/.test(source) && String(number) !== source ? source : number;
}

/** An int64 as the platform sends it, a number or its text; read as text. */
export const int64 = z
  .union([z.number(), z.string()])
  .transform(String)
  .refine((id) => /^-?\d{1,19}$/.test(id), { error: "must be an int64" });

/** Any other number, which some servers send as text. */
export const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

/** Makes `JSON.stringify` write an id's text as the number it is. */
export function int64ToJson(id: string): unknown {
  return rawJSON(id);
}
