import { code, htmlCode } from "./foreign-text.ts";

/** A part of a page. */
export interface Block {
  /** What it is a list of, in our own words. */
  title: string;
  /** What it is about, in the words of others. */
  name?: string | undefined;
  /** Lines of Markdown, of which the last ones may be left out. */
  lines: readonly string[];
  /** Whether the reader opens it. */
  folded: boolean;
}

/** How much of the room that is left a single block may take. */
const share = 0.5;

/**
 * A page of at most `most` characters. Earlier blocks get their room first, but none takes it all; what does
 * not fit is left out by the line, and said to be.
 */
export function fitted(
  head: readonly string[],
  blocks: readonly Block[],
  tail: string,
  most: number,
): string {
  const parts = [...head];
  const skipped = (number: number) => `Left out, as there is too much: ${number} more lists.`;
  let room = most - [...head, tail, skipped(blocks.length)].join("\n\n").length - 4;
  let left = 0;
  for (const block of blocks) {
    const text = blockText(block, Math.floor(room * share));
    if (text === undefined) {
      left += 1;
      continue;
    }
    parts.push(text);
    room -= text.length + 2;
  }
  if (left > 0) parts.push(skipped(left));
  return `${[...parts, tail].join("\n\n")}\n`;
}

/** The block with as many lines as there is room for; nothing where there is none for a single one. */
function blockText({ title, name, lines, folded }: Block, room: number): string | undefined {
  const note = (number: number) => `\n\n… and ${number.toLocaleString("en-US")} more.`;
  const titleWith = (quote: (text: string) => string) =>
    name === undefined ? title : `${title} ${quote(name)}`;
  const [begin, end] = folded
    ? [`<details><summary>${titleWith(htmlCode)}</summary>\n\n`, "\n\n</details>"]
    : [`### ${titleWith(code)}\n\n`, ""];
  let length = begin.length + end.length + note(lines.length).length;
  const shown: string[] = [];
  for (const line of lines) {
    length += line.length + 1;
    if (length > room) break;
    shown.push(line);
  }
  if (shown.length === 0) return undefined;
  const left = lines.length - shown.length;
  return `${begin}${shown.join("\n")}${left > 0 ? note(left) : ""}${end}`;
}
