type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Parses JSON that may contain whole numbers beyond 2^53, which JavaScript would round. Each of these becomes an opaque
 * value that `JSON.stringify` writes unchanged.
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

/** The same value, with numbers as JavaScript rounds them. */
export function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
