import { withoutQueries } from "../text/urls.ts";

const longestDetail = 500;
/** Shorter texts may be part of any sentence, and are not secrets. */
const shortestPrivate = 4;
const privateFields = new Set(["metadata", "comments"]);

/**
 * What the server says about an error, whatever the shape of its body, on one line: without the key, the query of any
 * URL, and what was `sent` as metadata or comments, which may be secret.
 */
export function serverWords(body: unknown, apiKey: string, sent: unknown): string {
  const texts = [...privateTexts(sent, false)].sort((left, right) => right.length - left.length);
  const words = texts.reduce(
    (text, each) => text.replaceAll(each, "[not shown]"),
    wordsOf(body).replaceAll(apiKey, "[key]"),
  );
  const line = withoutQueries(words.replace(/<[^>]*>/g, " "));
  return line.replace(/\s+/g, " ").trim().slice(0, longestDetail);
}

function wordsOf(body: unknown): string {
  if (typeof body === "string") {
    return body;
  }
  if (typeof body !== "object" || body === null) {
    return "";
  }
  const inner =
    "error" in body && typeof body.error === "object" && body.error !== null ? body.error : body;
  const message =
    "message" in inner && typeof inner.message === "string" ? inner.message : undefined;
  return message ?? JSON.stringify(body);
}

/** Each text as it is, and as JSON writes it. */
function* privateTexts(value: unknown, isPrivate: boolean): Generator<string> {
  if (isPrivate && (typeof value === "string" || typeof value === "number")) {
    const text = String(value);
    if (text.length >= shortestPrivate) {
      yield text;
      yield JSON.stringify(text).slice(1, -1);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      yield* privateTexts(each, isPrivate || privateFields.has(name));
    }
  }
}
