import { escaped, oneLine } from "../text/foreign-text.ts";

/** HTML that is written as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in HTML: text is escaped, nothing is written of undefined. */
export type Part = Html | string | number | undefined | readonly Part[];

/** HTML whose parts are one line each and escaped, unless they are HTML themselves. Attributes must be quoted by `"`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, index) => text + written(parts[index])).join(""));
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part !== "string") return part.map(written).join("");
  return escaped(oneLine(part));
}

/** Data for a script, in a form that cannot end the element that it stands in. */
export function jsonData(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
