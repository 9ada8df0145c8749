import { withoutQueries } from "../../provider/text/urls.ts";

// Names, values and messages come from users and other programs. They must not act on a page, mention people, move a
// terminal's cursor, or let anyone in.

const longest = 300;

/** Text as one line, without characters that hide or act and without the queries of URLs; cut if it is too long. */
export function oneLine(text: string, most = longest): string {
  const line = withoutQueries(text)
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`)
    .trim();
  // A character may be two units long, and half of one is not a character.
  return line.length > most ? `${line.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…` : line;
}

/**
 * Text as code in Markdown, where Markdown, HTML and mentions have no effect. In a table, `|` would end the cell even
 * inside code.
 */
export function code(text: string, inTable = false): string {
  const line = oneLine(text);
  if (line === "") {
    return "(empty)";
  }
  const ticks = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(ticks + 1);
  const padding = ticks > 0 ? " " : "";
  const inside = inTable ? line.replaceAll("|", "\\|") : line;
  return `${fence}${padding}${inside}${padding}${fence}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as code in HTML. */
export function htmlCode(text: string): string {
  return `<code>${escaped(oneLine(text))}</code>`;
}

/** Text that has no other meaning in HTML, not even inside a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (each) => entities[each] ?? each);
}
