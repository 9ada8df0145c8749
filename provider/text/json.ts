import { hash } from "node:crypto";
import stringify from "safe-stable-stringify";

/** A JSON value as text, the same for equal values, because its keys are in order. */
export function toJsonText(value: unknown): string {
  return stringify(value) ?? "{}";
}

/** A short digest of a text. */
export function digest(text: string): string {
  return hash("sha256", text).slice(0, 16);
}

/** What a text says if it is JSON, otherwise the text itself. */
export function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
