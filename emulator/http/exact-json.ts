type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Parses JSON in which a whole number may be beyond 2^53, which JavaScript rounds. Such a one becomes an opaque
 * value that `JSON.stringify` writes as it was.
 */
export function parseExact(text: string): unknown {
  return /\d{16}/.test(text)
    ? parseWithSource(text, (_key, value, { source = "" }) =>
        Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
          ? rawJSON(source)
          : value,
      )
    : JSON.parse(text);
}

/** The same with numbers as JavaScript has them. */
export function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
