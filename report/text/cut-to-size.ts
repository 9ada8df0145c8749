import { thousands } from "../words.ts";
import { code, htmlCode } from "./foreign-text.ts";

/** A comment on GitHub may have 65,536 characters. */
export const mostCharacters = 64_000;

/** A list on a page. */
export interface Block {
  /** What the list contains, in our own words. */
  title: string;
  /** What the list is about, in words that others wrote. */
  name?: string | undefined;
  /** What is said once about all of the list, in our own words. */
  note?: string | undefined;
  /** Lines of Markdown. The last ones may be left out. */
  lines: readonly string[];
  /** How many lines are visible at once; the reader unfolds the others. */
  open: number;
}

/** The share of the remaining room that a single block may take if later blocks need the rest. */
const share = 0.5;

/**
 * A page of at most `most` characters. Earlier blocks get room first, but none takes all of it. What does not fit is
 * left out line by line, and the page says so.
 */
export function fitted(
  head: readonly string[],
  blocks: readonly Block[],
  tail: string,
  most: number,
): string {
  const parts = [...head];
  const skipped = (number: number) =>
    `${thousands(number)} more lists are left out: there is no room.`;
  let room = most - [...head, skipped(blocks.length), tail].join("\n\n").length - 4;
  let later = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  let left = 0;
  for (const block of blocks) {
    later -= lengthOf(block);
    const text = blockText(block, Math.max(room - later, Math.floor(room * share)));
    if (text === undefined) {
      left += 1;
    } else {
      parts.push(text);
      room -= text.length + 2;
    }
  }
  if (left > 0) {
    parts.push(skipped(left));
  }
  return `${[...parts, tail].join("\n\n")}\n`;
}

/** An upper bound for the part of a block that is not its lines. */
const frame = 200;

function lengthOf({ title, name = "", note = "", lines }: Block): number {
  const own = frame + title.length + 6 * name.length + note.length;
  return lines.reduce((sum, line) => sum + line.length + 1, own);
}

/** The block with as many lines as there is room for; undefined if not even one fits. */
function blockText(block: Block, room: number): string | undefined {
  const { title, name, note, lines, open } = block;
  let length = lengthOf({ ...block, lines: [] });
  const fitting = lines.findIndex((line) => {
    length += line.length + 1;
    return length > room;
  });
  const shown = fitting === -1 ? lines : lines.slice(0, fitting);
  if (shown.length === 0) {
    return undefined;
  }
  const titleWith = (quote: (text: string) => string) =>
    name === undefined ? title : `${title} ${quote(name)}`;
  const left = lines.length - shown.length;
  const ending = left > 0 ? [`… and ${thousands(left)} more.`] : [];
  const folded = (summary: string, inside: readonly string[]) =>
    [`<details><summary>${summary}</summary>`, inside.join("\n"), ...ending, "</details>"].join(
      "\n\n",
    );
  if (open === 0) {
    return folded(titleWith(htmlCode), shown);
  }
  const heading = [`### ${titleWith(code)}`, ...(note === undefined ? [] : [note])];
  const [first, rest] = [shown.slice(0, open).join("\n"), shown.slice(open)];
  const more = `${thousands(lines.length - open)} more`;
  return [...heading, first, ...(rest.length > 0 ? [folded(more, rest)] : ending)].join("\n\n");
}
