import { alikeLines, areBoxesChanged, boxesLine, differenceText, sizeText } from "../box-words.ts";
import { flaggedCategories, flaggedText, flaggedTitle } from "../category-words.ts";
import type { BoxReport, Report } from "../model.ts";
import { thousands } from "../words.ts";
import type { Block } from "./cut-to-size.ts";
import { code } from "./foreign-text.ts";
import { tableHead, tableRow } from "./markdown-table.ts";

/** The categories that vanish or are new, for the top of a comment. */
export function flaggedBlock(report: Report, open: number): Block[] {
  const all = flaggedCategories(report);
  const lines = all.map((each) => `- ${flaggedText(each, code)}`);
  const title = `${flaggedTitle(all)} (${thousands(all.length)})`;
  const shown = atMost(lines, (more) => `- ${more}`);
  return all.length === 0 ? [] : [{ title, lines: shown, open }];
}

/** What becomes of the boxes: one line, and the numbers by category and size, folded. */
export function boxBlocks(report: Report): Block[] {
  const { boxes, batches } = report;
  if (boxes === undefined || !areBoxesChanged(boxes)) {
    return [];
  }
  const lines = [boxesLine(boxes), ...alikeLines(report, code).map((line) => `\n${line}`)];
  const withBoxes = batches.filter((batch) => batch.boxes !== undefined);
  const ofBatches = withBoxes.length < 2 ? [] : withBoxes;
  const rows = [
    ...categoryRows("**all**", boxes),
    ...ofBatches.flatMap((batch) => categoryRows(code(batch.name, true), batch.boxes)),
  ];
  const shown = atMost(rows, (more) => tableRow(["…", more, "", "", ""]));
  const heads = ["batch", "category", "before", "after", "difference"];
  const sizes = boxes.sizes.map((size) =>
    tableRow([
      sizeText(size),
      thousands(size.before),
      shareText(size.before, boxes.before),
      thousands(size.after),
      shareText(size.after, boxes.after),
    ]),
  );
  const sizeHeads = [
    "side of a square of the same area, in pixels",
    "before",
    "share before",
    "after",
    "share after",
  ];
  return [
    { title: "Boxes", lines, open: lines.length },
    ...(rows.length === 0
      ? []
      : [
          {
            title: "Boxes by category",
            lines: [...tableHead(heads, ["before", "after", "difference"]), ...shown],
            open: 0,
          },
        ]),
    ...(boxes.sizes.every(({ before, after }) => before === after)
      ? []
      : [
          {
            title: "Boxes by size",
            lines: [...tableHead(sizeHeads, ["before", "after"]), ...sizes],
            open: 0,
          },
        ]),
  ];
}

/** How many lines about categories a comment has, so that many batches of many categories leave room for the items. */
const mostLines = 50;

function atMost(lines: readonly string[], lineOf: (more: string) => string): string[] {
  const left = lines.length - mostLines;
  const more = left > 0 ? [lineOf(`${thousands(left)} more, which the JSON report has`)] : [];
  return [...lines.slice(0, mostLines), ...more];
}

/** The categories whose number changes. */
function categoryRows(batch: string, boxes: BoxReport | undefined): string[] {
  const changed = (boxes?.categories ?? []).filter(({ before, after }) => before !== after);
  return changed.map((each) => {
    const { category, before, after, change } = each;
    const name = category === undefined ? "no category" : code(category, true);
    const difference = [differenceText(each), change].filter(Boolean).join(", ");
    return tableRow([batch, name, thousands(before), thousands(after), difference]);
  });
}

const mostSquares = 20;

/** The share of all boxes of one side, as text and as a bar. */
function shareText(number: number, all: number): string {
  if (number === 0) {
    return "";
  }
  const share = number / all;
  const percent = share < 0.01 ? "below 1 %" : `${Math.round(share * 100)} %`;
  return `${"█".repeat(Math.max(1, Math.round(share * mostSquares)))} ${percent}`;
}
