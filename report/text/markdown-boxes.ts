import {
  areBoxesChanged,
  boxesLine,
  differenceText,
  flaggedCategories,
  sizeText,
} from "../box-words.ts";
import type { BoxReport, CategoryCount, Report } from "../model.ts";
import { thousands } from "../words.ts";
import type { Block } from "./cut-to-size.ts";
import { code } from "./foreign-text.ts";

/** The categories that vanish or are new, for the top of a comment. */
export function flaggedBlock(report: Report, open: number): Block[] {
  const lines = flaggedCategories(report).map(({ category, batch, text }) => {
    const where = batch === undefined ? "" : `in ${code(batch)}, `;
    return `- ${where}${code(category)} ${text}`;
  });
  const title = `Categories that vanish or are new (${thousands(lines.length)})`;
  const shown = atMost(lines, (more) => `- ${more}`);
  return lines.length === 0 ? [] : [{ title, lines: shown, open }];
}

/** What becomes of the boxes: one line, and the numbers by category and size, folded. */
export function boxBlocks({ boxes, batches }: Report): Block[] {
  if (boxes === undefined || !areBoxesChanged(boxes)) {
    return [];
  }
  const withBoxes = batches.filter((batch) => batch.boxes !== undefined);
  const ofBatches = withBoxes.length < 2 ? [] : withBoxes;
  const rows = [
    ...categoryRows("**all**", boxes, () => true),
    ...ofBatches.flatMap((batch) =>
      categoryRows(code(batch.name, true), batch.boxes, (each) => each.before !== each.after),
    ),
  ];
  const shown = atMost(rows, (more) => row(["…", more, "", "", ""]));
  const heads = ["batch", "category", "before", "after", "difference"];
  const sizes = boxes.sizes.map((size) =>
    row([
      sizeText(size),
      thousands(size.before),
      thousands(size.after),
      bar(size.before, boxes),
      bar(size.after, boxes),
    ]),
  );
  const sizeHeads = ["size in pixels", "before", "after", "share before", "share after"];
  return [
    { title: "Boxes", lines: [boxesLine(boxes)], open: 1 },
    { title: "Boxes by category", lines: [...table(heads, 2), ...shown], open: 0 },
    { title: "Boxes by size", lines: [...table(sizeHeads, 1), ...sizes], open: 0 },
  ];
}

/** How many lines about categories a comment has, so that many batches of many categories leave room for the items. */
const mostLines = 50;

function atMost(lines: readonly string[], lineOf: (more: string) => string): string[] {
  const left = lines.length - mostLines;
  const more = left > 0 ? [lineOf(`${thousands(left)} more, which the JSON report has`)] : [];
  return [...lines.slice(0, mostLines), ...more];
}

function categoryRows(
  batch: string,
  boxes: BoxReport | undefined,
  isTold: (each: CategoryCount) => boolean,
): string[] {
  return (boxes?.categories ?? []).filter(isTold).map((each) => {
    const { category, before, after, change } = each;
    const name = category === undefined ? "no category" : code(category, true);
    const difference = [differenceText(each), change].filter(Boolean).join(", ");
    return row([batch, name, thousands(before), thousands(after), difference]);
  });
}

const mostSquares = 10;

/** A bar of a histogram, as text: as long as its share of all boxes of before or after, whichever are more. */
function bar(number: number, { before, after }: BoxReport): string {
  const share = (number / Math.max(before, after)) * mostSquares;
  return "█".repeat(number > 0 ? Math.max(1, Math.round(share)) : 0);
}

function table(heads: readonly string[], textColumns: number): string[] {
  return [row(heads), row(heads.map((_, column) => (column < textColumns ? "---" : "---:")))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
