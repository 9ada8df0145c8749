import { boxChangesText, labelsNote } from "../box-words.ts";
import { unknown } from "../build/fields.ts";
import { resourceName } from "../build/places.ts";
import { columnsOf } from "../columns.ts";
import { doneNote, doneOf, doneTitle } from "../done-words.ts";
import { effortLines, isEffortChanged } from "../effort-words.ts";
import { headline } from "../headline.ts";
import type { BatchReport, FieldChange, ItemChange, Message, Report } from "../model.ts";
import * as words from "../words.ts";
import { type Block, fitted, mostCharacters } from "./cut-to-size.ts";
import { code, oneLine } from "./foreign-text.ts";
import { boxBlocks, flaggedBlock } from "./markdown-boxes.ts";
import { tableHead, tableRow } from "./markdown-table.ts";

/**
 * The report as Markdown for a comment. What matters most comes first, and is never left out to make room for the rest.
 */
export function renderMarkdown(report: Report): string {
  const { kind, project, stack } = report;
  const place = `${project}/${stack}`;
  // Whoever writes the comment anew finds the old one by this mark.
  const mark = `<!-- aidp ${kind} ${place.replace(/[^\w./-]/g, "_")} -->`;
  const head = [`${mark}\n## ${words.titles[kind]}: ${code(place)}`, headline(report)];
  const tail = `<sub>${[`Made ${words.moment(report.at)}.`, words.footnote(report)].join(" ").trim()}</sub>`;
  const blocks: (Block | undefined)[] = [
    messages("Not finished: what follows is not complete", report.failures, open),
    limits(report),
    ...rules(report, "mandatory"),
    risks(report),
    relabelledDone(report),
    ...flaggedBlock(report, open),
    cancelled(report),
    totals(report),
    effort(report),
    ...boxBlocks(report),
    ...report.batches.flatMap(batchBlocks),
    uploads(report),
    ...rules(report, "other"),
    messages("Adopted", report.adoptions, open),
    messages("Warnings", report.warnings, 0),
    others(report),
  ];
  return fitted(
    head,
    blocks.filter((block) => block !== undefined),
    tail,
    mostCharacters,
  );
}

/** How many lines of an important list are visible without unfolding it. */
const open = 10;

function block(title: string, lines: string[], open: number, name?: string): Block | undefined {
  return lines.length === 0 ? undefined : { title, name, lines, open };
}

function messages(title: string, all: readonly Message[], open: number): Block | undefined {
  return block(
    `${title} (${all.length})`,
    all.map(({ text, resource }) => `- ${of(resource)}${code(text)}`),
    open,
  );
}

function of(resource: string | undefined): string {
  return resource === undefined ? "" : `${code(words.resourceText(resource))}: `;
}

function limits({ limits: all }: Report): Block | undefined {
  const lines = all.map((limit) => `- ${code(limit.option)}: ${words.limitText(limit)}`);
  return block("Limits exceeded", lines, open);
}

function rules(report: Report, which: "mandatory" | "other"): (Block | undefined)[] {
  const isMandatory = which === "mandatory";
  return report.rules
    .filter(({ level }) => (level === "mandatory") === isMandatory)
    .map(({ rule, pack, violations, url, ...others }) => {
      const about = url === undefined ? "" : ` ([about this rule](${url}))`;
      const lines = violations.map(
        ({ text, resource }, index) => `- ${of(resource)}${code(text)}${index === 0 ? about : ""}`,
      );
      const title = `Broken rule (${oneLine(words.levelText(others))}, ${lines.length})`;
      return block(title, lines, isMandatory ? open : 0, `${pack}/${rule}`);
    });
}

/** The items of all batches that match, each with its batch. */
function itemsWhere(
  { batches }: Report,
  matches: (item: ItemChange) => boolean,
): [BatchReport, ItemChange][] {
  return batches.flatMap((batch) =>
    batch.items.filter(matches).map((item): [BatchReport, ItemChange] => [batch, item]),
  );
}

function risks(report: Report): Block | undefined {
  const lines = itemsWhere(report, ({ atRisk }) => atRisk !== undefined).map(
    ([batch, item]) =>
      `- ${code(item.key)} in ${code(batch.name)}, ${words.risk(withPlainStatus(item))}`,
  );
  return block(`Work at risk (${words.thousands(lines.length)})`, lines, open);
}

/** The item with a status that is safe to write: the platform may have others than we know. */
function withPlainStatus(item: ItemChange): ItemChange {
  const { status = "" } = item;
  return { ...item, status: /^[A-Z_]*$/.test(status) ? status : code(status) };
}

function relabelledDone(report: Report): Block | undefined {
  const lines = itemsWhere(report, (item) => item.relabelledDone === true).map(([batch, item]) => {
    const boxes = boxChangesText(item.boxes ?? []);
    const change = boxes === "" ? "" : `: ${boxes}`;
    const status = words.progress(withPlainStatus(item));
    return `- ${code(item.key)} in ${code(batch.name)}, ${status}${change}`;
  });
  const done = doneOf(report);
  const list = block(`${doneTitle(done)} (${words.thousands(lines.length)})`, lines, open);
  return list && { ...list, note: doneNote(done) };
}

function cancelled(report: Report): Block | undefined {
  const lines = itemsWhere(report, ({ action }) => action === "cancel" || action === "missing").map(
    ([batch, item]) => {
      const what = item.action === "missing" ? ", not listed by the platform" : "";
      return `- ${code(item.key)} in ${code(batch.name)}${what}${moved(item)}${renamedTo(item)}`;
    },
  );
  const title = report.kind === "drift" ? "Cancelled or missing on the platform" : "Cancelled";
  return block(`${title} (${words.thousands(lines.length)})`, lines, open);
}

function renamedTo({ renamed }: ItemChange): string {
  return renamed === undefined ? "" : `, made anew as ${code(renamed)}`;
}

function moved(item: ItemChange): string {
  return item.moved === undefined
    ? ""
    : `, ${words.placeText(item).toLowerCase()} ${code(item.moved)}`;
}

function totals(report: Report): Block | undefined {
  const { batches, kind, totals: all } = report;
  if (batches.length === 0) {
    return undefined;
  }
  const columns = columnsOf(report);
  const total = report.effort === undefined ? {} : { effort: report.effort };
  const isCosted = (report.effort?.update ?? 0) > 0;
  const isDrift = kind === "drift";
  const hasLast = isDrift || batches.some(({ deadlines }) => deadlines !== undefined);
  const cells = (of: Pick<BatchReport, "counts" | "deadlines" | "statuses" | "effort">) => {
    const { counts } = of;
    const numbers = columns.map(([, name]) => counts[name]);
    const last = isDrift ? statuses(of.statuses) : words.deadlines(of.deadlines);
    return [
      words.growth(counts),
      ...numbers.map((number) => (number === 0 ? "" : words.thousands(number))),
      ...(isCosted ? [words.costText(of.effort)] : []),
      ...(hasLast ? [last] : []),
    ];
  };
  const last = hasLast ? [isDrift ? "status" : "deadlines of new items"] : [];
  const cost = isCosted ? ["cost"] : [];
  const names = ["batch", "items", ...columns.map(([title]) => title), ...cost, ...last];
  const rows = batches.map((batch) => tableRow([batchName(batch), ...cells(batch)]));
  const sum = tableRow(["**all**", ...cells({ counts: all, statuses: {}, ...total })]);
  const lines = [...tableHead(names, names.slice(1)), sum, ...rows];
  return { title: "Batches", lines, open: lines.length };
}

function effort({ effort: all }: Report): Block | undefined {
  const lines = all === undefined || !isEffortChanged(all) ? [] : effortLines(all);
  return block(
    "Effort",
    lines.map((line) => `- ${line}`),
    open,
  );
}

function statuses(all: Record<string, number>): string {
  return Object.entries(all)
    .map(([status, number]) => `${number} ${code(status, true)}`)
    .join(", ");
}

function batchName(batch: BatchReport): string {
  const { name } = batch;
  const state = words.batchState(batch);
  return `${code(name, true)}${state === "" ? "" : ` (${state})`}`;
}

function batchBlocks(batch: BatchReport): (Block | undefined)[] {
  const { name, fields, items, settings } = batch;
  const own = fields.map((change) => `- ${fieldText(change)}`);
  const others = settings.map((change) => `- ${of(change.resource)}${fieldText(change)}`);
  const texts = (matches: (item: ItemChange) => boolean) =>
    items.filter(matches).map((item) => `- ${itemText(item)}`);
  const lines = (action: ItemChange["action"]) => texts((item) => item.action === action);
  const isRenamed = ({ action, renamed }: ItemChange) => action === "add" && renamed !== undefined;
  const section = (title: string, all: string[]) =>
    block(`${title} (${words.thousands(all.length)}) in`, all, 0, name);
  return [
    block("Settings of batch", [...own, ...others], open, name),
    section("Changed on the platform", lines("change")),
    section("Replaced", lines("replace")),
    section("Relabelled", lines("relabel")),
    section("Moved", lines("move")),
    section(
      "Renamed: the same picture, cancelled and made anew",
      items.filter(isRenamed).map((item) => `- ${code(item.renamed ?? "")} → ${itemText(item)}`),
    ),
    section(
      "Adopted",
      texts((item) => item.adopted === true),
    ),
    // Of hidden items, it is not known which are adopted.
    section(
      batch.counts.adopted > items.filter((item) => item.adopted).length ? "New or adopted" : "New",
      texts((item) => item.action === "add" && !item.adopted && !isRenamed(item)),
    ),
  ];
}

/** How many fields of an item are written out at most, so that one item does not take the room of all others. */
const mostFields = 10;

function itemText(item: ItemChange): string {
  const { key, fields, deadline } = item;
  const due = deadline === undefined ? "" : `, due ${words.moment(deadline)}`;
  const asset = item.action === "add" && fields.length === 0 ? assetText(item) : "";
  const left = fields.length - mostFields;
  const texts = fields.slice(0, mostFields).map((change) => fieldText(change, item));
  if (left > 0) {
    texts.push(`and ${words.count(left, "more field")}`);
  }
  const changes = texts.length === 0 ? "" : `: ${texts.join("; ")}`;
  const isTold = item.action === "relabel" && item.status !== undefined;
  const status = isTold ? `, ${words.progress(withPlainStatus(item))}` : "";
  return `${code(key)}${status}${changes}${asset}${due}${moved(item)}`;
}

/** What a new item shows, if its key does not say so. */
function assetText({ key, new: fields }: ItemChange): string {
  const shown = fields?.file ?? fields?.assetUrl;
  return typeof shown === "string" && shown !== key && shown !== unknown ? `: ${code(shown)}` : "";
}

function fieldText(change: FieldChange, item?: ItemChange): string {
  const { field, old, new: next } = change;
  const [from, to] = [words.valueText(field, old), words.valueText(field, next)];
  const note = labelsNote(change, item);
  if (note !== undefined && from === to) {
    return `${code(field)}: ${note}`;
  }
  return `${code(field)} ${code(from)} → ${code(to)}${note === undefined ? "" : ` (${note})`}`;
}

function uploads({ uploads: all }: Report): Block | undefined {
  const lines = all.map((upload) => {
    const { file, renamed } = upload;
    const was = renamed === undefined ? "" : `, before ${code(renamed)}`;
    return `- ${code(file)} ${words.uploadText(upload)}${was}`;
  });
  return block(words.uploadsTitle(all), lines, 0);
}

function others({ others: all }: Report): Block | undefined {
  const lines = all.map(
    ({ resource, action }) => `- ${code(resourceName(resource))} ${code(action)}`,
  );
  return block(`Other resources (${lines.length})`, lines, 0);
}
