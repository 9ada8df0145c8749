import stringify from "safe-stable-stringify";

/** A JSON value as text, the same for equal values: its keys are in order. */
export function textOf(value: unknown): string {
  return stringify(value) ?? "{}";
}
