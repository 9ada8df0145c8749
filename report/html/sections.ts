import { resourceName } from "../build/places.ts";
import { columnsOf } from "../columns.ts";
import { doneNote, doneOf, doneTitle } from "../done-words.ts";
import { effortLines, isEffortChanged } from "../effort-words.ts";
import type { BatchReport, Message, Report } from "../model.ts";
import { escaped } from "../text/foreign-text.ts";
import * as words from "../words.ts";
import { Html, html } from "./html.ts";
import { fieldsHtml } from "./item-card.ts";

// The parts of a page other than its work items.

/** How many lines of a list a page has at most; the JSON has all of them. */
const mostLines = 500;

/** The entries of a list as HTML, followed by how many are left out. */
function lines<T>(all: readonly T[], of: (each: T) => Html, more: (text: string) => Html): Html[] {
  const left = all.length - mostLines;
  return [
    ...all.slice(0, mostLines).map(of),
    ...(left > 0 ? [more(`and ${words.thousands(left)} more, which the JSON report has`)] : []),
  ];
}

export function list<T>(all: readonly T[], of: (each: T) => Html): Html {
  const item = (part: Html | string) => html`<li>${part}</li>`;
  return html`<ul class="messages">${lines(all, (each) => item(of(each)), item)}</ul>`;
}

function messageHtml({ text, resource }: Message): Html {
  return html`${resource === undefined ? undefined : html`<b>${words.resourceText(resource)}</b>: `}${text}`;
}

/** What keeps an update from running: errors, exceeded limits and broken mandatory rules. */
export function alerts({ failures, limits, rules }: Report): Html[] {
  const alert = (title: string, content: Html) =>
    html`<section class="alert"><h2><span aria-hidden="true">⚠</span> ${title}</h2>${content}</section>`;
  return [
    ...(failures.length > 0
      ? [alert("Not finished: what follows is not complete", list(failures, messageHtml))]
      : []),
    ...(limits.length > 0
      ? [
          alert(
            "Limits exceeded",
            list(limits, (limit) => html`<code>${limit.option}</code>: ${words.limitText(limit)}`),
          ),
        ]
      : []),
    ...rules.filter(({ level }) => level === "mandatory").map((rule) => alert(...ruleHtml(rule))),
  ];
}

function ruleHtml({
  rule,
  pack,
  violations,
  url,
  ...others
}: Report["rules"][number]): [string, Html] {
  const broken = list(violations, messageHtml);
  const about =
    url === undefined
      ? undefined
      : html`<p><a href="${new Html(escaped(url))}" rel="noopener noreferrer">About this rule</a></p>`;
  return [
    `Broken rule ${pack}/${rule} (${words.levelText(others)}, ${words.thousands(violations.length)})`,
    html`${broken}${about}`,
  ];
}

/** That work which people have begun or finished gets other labels. */
export function relabelledDone(report: Report): Html | undefined {
  const done = doneOf(report);
  const title = `${doneTitle(done)} (${words.thousands(done.begun + done.finished)})`;
  return report.totals.relabelledDone === 0
    ? undefined
    : html`<section class="notice"><h2><span aria-hidden="true">⚠</span> ${title}</h2><p>${doneNote(done)} Below, such items come before those that nobody has begun.</p></section>`;
}

/** How many work items there are, and how many of them change in which way. */
export function totals(report: Report): Html {
  const counts = report.totals;
  const columns = columnsOf(report).map(([title, name]) => [title, name, counts[name]] as const);
  return html`<dl class="totals"><div><dt>work items</dt><dd>${words.growth(counts)}</dd></div>${columns.map(
    ([title, name, number]) =>
      html`<div class="${name === "atRisk" || name === "relabelledDone" ? "danger" : ""}"><dt>${title}</dt><dd>${words.thousands(number)}</dd></div>`,
  )}</dl>`;
}

/** What the work of people costs. */
export function effort({ effort: all }: Report): Html | undefined {
  return all === undefined || !isEffortChanged(all)
    ? undefined
    : html`<section aria-labelledby="effort"><h2 id="effort">Effort</h2>${list(effortLines(all), (line) => html`${line}`)}</section>`;
}

/** The batches, and what changes in them. */
export function batches(report: Report): Html | undefined {
  const { kind, batches: all } = report;
  if (all.length === 0) {
    return undefined;
  }
  const columns = columnsOf(report);
  const last = kind === "drift" ? "Status" : "Deadlines of new items";
  const isCosted = (report.effort?.update ?? 0) > 0;
  const hasLast = kind === "drift" || all.some(({ deadlines }) => deadlines !== undefined);
  const row = (batch: BatchReport) =>
    html`<tr><th scope="row">${batch.name} ${stateHtml(batch)}</th><td>${words.growth(batch.counts)}</td>${columns.map(
      ([, name]) => {
        const number = batch.counts[name];
        return html`<td>${number === 0 ? html`<span class="zero">0</span>` : words.thousands(number)}</td>`;
      },
    )}${isCosted ? html`<td>${words.costText(batch.effort)}</td>` : undefined}${hasLast ? html`<td class="text">${kind === "drift" ? statusText(batch) : words.deadlines(batch.deadlines)}</td>` : undefined}</tr>`;
  const changed = all.filter(({ fields, settings }) => fields.length + settings.length > 0);
  const more = (text: string) =>
    html`<tr><td class="text" colspan="${columns.length + 2 + Number(isCosted) + Number(hasLast)}">${text}</td></tr>`;
  return html`<section aria-labelledby="batches"><h2 id="batches">Batches</h2>
<div class="scroll" role="region" aria-labelledby="batches" tabindex="0"><table><thead><tr><th scope="col">Batch</th><th scope="col">Items</th>${columns.map(
    ([title]) => html`<th scope="col">${title}</th>`,
  )}${isCosted ? html`<th scope="col">cost</th>` : undefined}${hasLast ? html`<th scope="col" class="text">${last}</th>` : undefined}</tr></thead><tbody>${lines(all, row, more)}</tbody></table></div>
${changed.length === 0 ? undefined : list(changed, settingsHtml)}</section>`;
}

function stateHtml(batch: BatchReport): Html | undefined {
  const state = words.batchState(batch);
  return state === "" ? undefined : html`<span class="state">${state}</span>`;
}

function statusText({ statuses }: BatchReport): string {
  return Object.entries(statuses)
    .map(([status, number]) => `${words.thousands(number)} ${status}`)
    .join(", ");
}

function settingsHtml({ name, fields, settings }: BatchReport): Html {
  const others = settings.map(
    ({ resource, ...change }) =>
      html`<b>${words.resourceText(resource)}</b>${fieldsHtml([change])}`,
  );
  return html`Settings of <b>${name}</b>${fields.length === 0 ? undefined : fieldsHtml(fields)}${others}`;
}

/** Less important parts, folded. */
export function details({ uploads, rules, adoptions, warnings, others }: Report): Html[] {
  const folded = (id: string, title: string, content: Html) =>
    html`<section aria-labelledby="${id}"><details><summary><h2 id="${id}">${title}</h2></summary>${content}</details></section>`;
  const advisory = rules.filter(({ level }) => level !== "mandatory");
  return [
    ...(uploads.length > 0
      ? [
          folded(
            "files",
            words.uploadsTitle(uploads),
            list(uploads, (upload) => {
              const { file, renamed } = upload;
              const was =
                renamed === undefined ? undefined : html`, before <code>${renamed}</code>`;
              return html`<code>${file}</code> ${words.uploadText(upload)}${was}`;
            }),
          ),
        ]
      : []),
    ...advisory.map((rule, index) => folded(`rule${index}`, ...ruleHtml(rule))),
    ...(adoptions.length > 0 ? [folded("adoptions", "Adopted", list(adoptions, messageHtml))] : []),
    ...(warnings.length > 0
      ? [
          folded(
            "warnings",
            `Warnings (${words.thousands(warnings.length)})`,
            list(warnings, messageHtml),
          ),
        ]
      : []),
    ...(others.length > 0
      ? [
          folded(
            "others",
            `Other resources (${words.thousands(others.length)})`,
            list(
              others,
              ({ resource, action }) => html`<code>${resourceName(resource)}</code> ${action}`,
            ),
          ),
        ]
      : []),
  ];
}
