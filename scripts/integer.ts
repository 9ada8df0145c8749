import { Failure } from "./main.ts";

/** Parses the whole number that an option was given. */
export function integer(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) {
    throw new Failure(`${option} takes integers from ${least} on, not "${text}".`);
  }
  return value;
}
