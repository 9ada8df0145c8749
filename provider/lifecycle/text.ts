import stringify from "safe-stable-stringify";

/** A JSON value as text, the same for equal values: its keys are in order. */
export function textOf(value: unknown): string {
  return stringify(value) ?? "{}";
}

/** What a text says, where it is JSON; else itself. */
export function valueInText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const longestLine = 10_000;

/** A message as one line: names and values in it may end one, or steer a terminal. */
export function inOneLine(message: string): string {
  const line = message.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
