import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { headline } from "../headline.ts";
import type { Report } from "../model.ts";
import { oneLine } from "../text/foreign-text.ts";
import * as words from "../words.ts";
import * as boxSections from "./box-sections.ts";
import { type Card, renderCards } from "./cards.ts";
import { Html, html, jsonData } from "./html.ts";
import { actionWords, cardHtml } from "./item-card.ts";
import type { LocalFiles } from "./local-files.ts";
import { findPictures, type Pictures } from "./pictures.ts";
import * as sections from "./sections.ts";

/** How many work items are visible at once, and are present without a script. */
const cardsAtOnce = 60;
/** How much text the work items of a page may be, including their pictures. */
const mostCharacters = 24_000_000;

/** The report as a page with pictures, in one file that fetches nothing. */
export async function renderHtml(report: Report, files: LocalFiles): Promise<string> {
  const cards = renderCards(report);
  return renderPage(report, cards, await findPictures(cards, files));
}

/** The page of a report that shows these cards. */
export function renderPage(report: Report, cards: readonly Card[], pictures: Pictures): string {
  const style = ["page.css", "cards.css", "boxes.css", "plots.css"].map(browserFile).join("");
  const script = browserFile("filters.js");
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { kind, project, stack, at } = report;
  const title = `${words.titles[kind]}: ${project}/${stack}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#items">Skip to the work items</a>
<header class="top"><h1>${title}</h1><p>${headline(report)}</p></header>
<main>
${sections.alerts(report)}
${sections.relabelledDone(report)}
${boxSections.flagged(report)}
${sections.totals(report)}
${sections.batches(report)}
${sections.effort(report)}
${boxSections.boxes(report)}
${itemsHtml(report, cards, pictures)}
${sections.details(report)}
</main>
<footer><p>Made <time datetime="${at}">${words.moment(at)}</time>. ${words.footnote(report)}</p></footer>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

/** The work items: the first ones as HTML, the others as data for the script that shows them. */
function itemsHtml(report: Report, all: readonly Card[], pictures: Pictures): Html {
  const total = report.batches.reduce((sum, { items }) => sum + items.length, 0);
  if (total === 0) {
    return html`<section aria-labelledby="items"><h2 id="items" tabindex="-1">Work items</h2><p>No work item changes.</p></section>`;
  }
  const written: Html[] = [];
  let room = mostCharacters;
  for (const [index, card] of all.entries()) {
    const each = cardHtml(card, index, pictures.sides[index] ?? {});
    room -= each.text.length;
    if (room < 0) {
      break;
    }
    written.push(each);
  }
  const cards = all.slice(0, written.length);
  const data = cards.map(({ item, batchIndex }, index) => ({
    key: oneLine(item.key).toLowerCase(),
    action: item.action,
    batch: batchIndex,
    isAtRisk: item.atRisk !== undefined,
    isDone: item.relabelledDone === true,
    ...(index >= cardsAtOnce && { html: written[index]?.text }),
  }));
  const left = total - cards.length;
  const notes = [
    ...(pictures.note === undefined ? [] : [pictures.note]),
    ...(left > 0
      ? [`${words.count(left, "more work item")} that matter less are only in the JSON report.`]
      : []),
  ];
  return html`<section aria-labelledby="items"><h2 id="items" tabindex="-1">Work items</h2>
${notes.map((note) => html`<p class="note">${note}</p>`)}
${legendHtml(cards)}
${filtersHtml(report, cards)}
<p id="count" role="status">${countText(cards.length)}</p>
<ol id="cards">${written.slice(0, cardsAtOnce)}</ol>
<p><button type="button" id="more" hidden>Show more</button></p>
<script type="application/json" id="data">${jsonData({ atOnce: cardsAtOnce, cards: data })}</script></section>`;
}

/** What the lines around boxes mean, if there are any. */
function legendHtml(cards: readonly Card[]): Html | undefined {
  const keys = [
    ["", "unchanged"],
    ["added", "new"],
    ["removed", "removed"],
    ["moved", "moved, resized or of another category"],
    ["was", "where it was"],
  ] as const;
  const areBoxes = cards.some(({ item }) => [item.old, item.new].some((side) => side?.labels));
  return areBoxes
    ? html`<p class="legend">Boxes: ${keys.map(
        ([kind, text]) =>
          html`<span><svg viewBox="0 0 18 12" aria-hidden="true"><rect class="box ${kind}" x="2" y="2" width="14" height="8"/></svg> ${text}</span> `,
      )}</p>`
    : undefined;
}

function countText(total: number): string {
  return total > cardsAtOnce
    ? `${cardsAtOnce} of ${words.count(total, "work item")} are shown. The others need JavaScript.`
    : words.count(total, "work item");
}

/** Controls that work only with the script; without it they stay hidden. */
function filtersHtml({ batches }: Report, cards: readonly Card[]): Html {
  const actions = Object.entries(actionWords).flatMap(([action, { sign, word }]) => {
    const number = cards.filter(({ item }) => item.action === action).length;
    return number === 0
      ? []
      : html`<label class="choice"><input type="checkbox" name="action" value="${action}"> <span aria-hidden="true">${sign}</span> ${word} <span class="number">${words.thousands(number)}</span></label>`;
  });
  const choice = (name: string, text: string, matches: (card: Card) => boolean) => {
    const number = cards.filter(matches).length;
    return number === 0
      ? undefined
      : html`<label class="choice"><input type="checkbox" name="${name}" value="1"> <span aria-hidden="true">⚠</span> ${text} <span class="number">${words.thousands(number)}</span></label>`;
  };
  const shown = new Set(cards.map(({ batchIndex }) => batchIndex));
  const options = batches.flatMap(({ name }, index) =>
    shown.has(index) ? html`<option value="${index}">${name}</option>` : [],
  );
  return html`<form id="filters" role="search" aria-label="Work items" hidden>
<label class="field">Key <input type="search" name="key" autocomplete="off" spellcheck="false"></label>
${options.length < 2 ? undefined : html`<label class="field">Batch <select name="batch"><option value="">all</option>${options}</select></label>`}
<fieldset><legend>Only</legend>${actions}${[
    choice("risk", "work at risk", ({ item }) => item.atRisk !== undefined),
    choice(
      "done",
      "other labels though begun or finished",
      ({ item }) => item.relabelledDone === true,
    ),
  ]}</fieldset>
<button type="reset">Clear</button>
</form>`;
}

/** The content of a file for the browser. Line ends are normalized because browsers hash lines as they read them. */
function browserFile(name: string): string {
  return readFileSync(new URL(`./browser/${name}`, import.meta.url), "utf8").replaceAll(
    "\r\n",
    "\n",
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
