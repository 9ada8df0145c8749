import { alikeLines, areBoxesChanged, boxesLine, differenceText, sizeText } from "../box-words.ts";
import { flaggedCategories, flaggedText, flaggedTitle } from "../category-words.ts";
import type { BoxReport, Report } from "../model.ts";
import { htmlCode, oneLine } from "../text/foreign-text.ts";
import { thousands } from "../words.ts";
import { Html, html } from "./html.ts";
import { list } from "./sections.ts";

// The parts of a page that say what becomes of the boxes.

/** The categories that vanish or are new. */
export function flagged(report: Report): Html | undefined {
  const all = flaggedCategories(report);
  return all.length === 0
    ? undefined
    : html`<section class="notice"><h2><span aria-hidden="true">⚠</span> ${flaggedTitle(all)}</h2>${list(
        all,
        (each) => new Html(flaggedText(each, htmlCode)),
      )}</section>`;
}

/** The boxes before and after, by category and by size, and by batch if there are several. */
export function boxes(report: Report): Html | undefined {
  const { boxes: all, batches } = report;
  if (all === undefined || !areBoxesChanged(all)) {
    return undefined;
  }
  const withBoxes = batches.flatMap(({ name, boxes: own }) =>
    own !== undefined && areBoxesChanged(own) ? [{ name, own }] : [],
  );
  return html`<section aria-labelledby="boxes"><h2 id="boxes">Boxes</h2>
<p>${boxesLine(all)}</p>
${alikeLines(report, htmlCode).map((line) => html`<p>${new Html(line)}</p>`)}
<div class="plots">${plots(all)}</div>
${
  withBoxes.length < 2
    ? undefined
    : html`<details><summary>By batch</summary>${withBoxes
        .slice(0, mostBatches)
        .map(
          ({ name, own }) =>
            html`<h3>${name}</h3><p>${boxesLine(own)}</p><div class="plots">${plots(own)}</div>`,
        )}${
        withBoxes.length > mostBatches
          ? html`<p class="note">and ${thousands(withBoxes.length - mostBatches)} more batches, which the JSON report has</p>`
          : undefined
      }</details>`
}</section>`;
}

/** How many batches have plots of their own, and how many categories a plot has. */
const mostBatches = 50;
const mostCategories = 20;

function plots(of: BoxReport): Html[] {
  const categories = of.categories.slice(0, mostCategories).map((each) => ({
    ...each,
    name: each.category ?? "no category",
    note: [differenceText(each), each.change].filter(Boolean).join(", "),
  }));
  const left = of.categories.length - categories.length;
  const more = left > 0 ? `, without ${thousands(left)} that change less` : "";
  const sizes = of.sizes.map((size) => ({ ...size, name: sizeText(size), note: "" }));
  return [
    plot(`Boxes by category${more}`, categories),
    plot("Boxes by size: the side of a square of the same area, in pixels", sizes),
  ];
}

/** A row of a plot: how many there are before and after. */
interface Row {
  name: string;
  before: number;
  after: number;
  note: string;
}

/** The measures of a plot, in its own units. */
const plotWidth = 480;
const nameWidth = 130;
const barWidth = 210;
const rowHeight = 32;
const longestName = 18;

function plot(title: string, rows: readonly Row[]): Html {
  const most = Math.max(1, ...rows.flatMap(({ before, after }) => [before, after]));
  const text = rows.map(({ name, before, after }) => `${name} ${before} before, ${after} after`);
  const height = rows.length * rowHeight;
  return html`<figure class="plot"><figcaption>${title} <span class="key before">before</span> <span class="key after">after</span></figcaption><svg viewBox="0 0 ${plotWidth} ${height}" role="img" aria-label="${`${title}: ${text.join("; ")}`}">${rows.map(
    (row, index) => rowHtml(row, index * rowHeight, most),
  )}</svg></figure>`;
}

function rowHtml({ name, before, after, note }: Row, y: number, most: number): Html {
  const bar = (kind: "before" | "after", number: number, top: number) => {
    const length = number === 0 ? 0 : Math.max(1, Math.round((number / most) * barWidth));
    const value = kind === "after" && note !== "" ? `${thousands(number)} (${note})` : number;
    return html`<rect class="bar ${kind}" x="${nameWidth}" y="${top}" width="${length}" height="11"/><text class="value" x="${nameWidth + length + 4}" y="${top + 9.5}">${typeof value === "number" ? thousands(value) : value}</text>`;
  };
  return html`<g><title>${name}</title><text class="name" x="${nameWidth - 8}" y="${y + 17}" text-anchor="end">${oneLine(name, longestName)}</text>${bar("before", before, y + 2)}${bar("after", after, y + 14)}</g>`;
}
