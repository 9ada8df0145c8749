import { escaped, oneLine } from "../foreign-text.ts";

/** HTML that is written as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in HTML: text is escaped, nothing is written of undefined. */
export type Part = Html | string | number | undefined | readonly Part[];

/** HTML whose parts are escaped, unless they are HTML themselves. Attributes must be quoted by `"`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, index) => text + written(parts[index])).join(""));
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part !== "string") return part.map(written).join("");
  return escaped(shownText(part));
}

/** Text of others as a page may show it: one line, not too long, and no URL with what may let others in. */
export function shownText(text: string): string {
  return withoutQueries(oneLine(text));
}

/** Data for a script, in a form that cannot end the element that it stands in. */
export function jsonData(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;
const url = /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#@"<>]*@)?([^\s?#"<>]*)([?#][^\s"<>]*)?/gi;

/** URLs without user and query: who has a signed URL's query may read what it names. */
function withoutQueries(text: string): string {
  // Of a text that is a URL as a whole, even what follows a space is its query.
  const whole = scheme.test(text) ? text.replace(/[?#].*$/s, "?…") : text;
  return whole.replace(url, (_, start: string, rest: string, query?: string) =>
    [start, rest, query === undefined ? "" : "?…"].join(""),
  );
}
