import { withoutQueries } from "./urls.ts";

const longestLine = 10_000;

/**
 * A message as one line, and without the queries of URLs: names and values in it may end a line, steer a terminal, or
 * grant a permission.
 */
export function inOneLine(message: string): string {
  const line = withoutQueries(message).replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

/** The first of many, and how many more there are. */
export function shortList<T>(
  all: readonly T[],
  most: number,
  text: (each: T) => string = JSON.stringify,
): string {
  const more = all.length > most ? ` and ${all.length - most} more` : "";
  return `${all
    .slice(0, most)
    .map((each) => text(each))
    .join(", ")}${more}`;
}

/** A number as people read it. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** The size of a file, in words. */
export function bytes(size: number): string {
  const [unit, name] =
    size >= 1_000_000 ? [1_000_000, "MB"] : size >= 1_000 ? [1_000, "kB"] : [1, "B"];
  return `${(size / unit).toLocaleString("en-US", { maximumFractionDigits: 1 })} ${name}`;
}
