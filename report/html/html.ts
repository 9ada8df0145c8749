import { escaped, oneLine } from "../text/foreign-text.ts";

/** HTML that needs no escaping. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What HTML can contain. Text is escaped; undefined writes nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

/** HTML whose parts are put on one line each and escaped, unless they are HTML already. Quote attributes with `"`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, index) => text + written(parts[index])).join(""));
}

function written(part: Part): string {
  if (part === undefined) {
    return "";
  }
  if (part instanceof Html) {
    return part.text;
  }
  if (typeof part === "number") {
    return String(part);
  }
  if (typeof part !== "string") {
    return part.map(written).join("");
  }
  return escaped(oneLine(part));
}

/** Data for a script, in a form that cannot end the element around it. */
export function jsonData(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
