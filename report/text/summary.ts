import { alikeLines, areBoxesChanged, boxesLine } from "../box-words.ts";
import { flaggedCategories, flaggedText } from "../category-words.ts";
import { columnsOf } from "../columns.ts";
import { effortLines, isEffortChanged } from "../effort-words.ts";
import { headline } from "../headline.ts";
import type { Counts, Report, Result } from "../model.ts";
import * as words from "../words.ts";
import { oneLine } from "./foreign-text.ts";

const endings: Readonly<Record<Result, string>> = {
  unchanged: "",
  changed: "",
  violations: "Mandatory rules are broken: an update would be refused.",
  limits: "Limits are exceeded.",
  failed: "It could not be finished: what is above is not complete.",
};

/** How many violations of a rule are shown at most. */
const mostViolations = 3;

/** How many categories that vanish or are new are shown at most. */
const mostCategories = 5;

/** The report in a few lines, for a terminal. */
export function renderSummary(report: Report): string {
  const {
    project,
    stack,
    batches,
    failures,
    rules,
    limits,
    warnings,
    totals,
    adoptions,
    boxes,
    effort,
  } = report;
  const shown = batches.filter(
    ({ counts, action }) => counts.before + counts.after > 0 || action !== "same",
  );
  const columns = columnsOf(report);
  const flagged = flaggedCategories(report);
  const cells = (counts: Counts) => [
    words.growth(counts),
    ...columns.map(([, name]) => words.thousands(counts[name])),
  ];
  const rows = shown.map(({ name, counts }) => [oneLine(name, 50), ...cells(counts)]);
  const head = ["batch", "items", ...columns.map(([title]) => title)];
  const sum = rows.length > 1 ? [["all", ...cells(totals)]] : [];
  const lines = [
    `${oneLine(`${project}/${stack}`)}: ${headline(report)}`,
    ...(rows.length > 0 ? ["", ...aligned([head, ...rows, ...sum]), ""] : []),
    ...(effort !== undefined && isEffortChanged(effort)
      ? effortLines(effort).map((line) => `effort: ${line}`)
      : []),
    ...(boxes !== undefined && areBoxesChanged(boxes)
      ? [boxesLine(boxes), ...alikeLines(report, (name) => oneLine(name))]
      : []),
    ...flagged
      .slice(0, mostCategories)
      .map((each) => `category: ${flaggedText(each, (name) => oneLine(name))}`),
    ...(flagged.length > mostCategories ? ["  …"] : []),
    ...rules.flatMap(({ rule, pack, violations, url, ...others }) => [
      `${oneLine(words.levelText(others))}: rule ${oneLine(`${pack}/${rule}`)} is broken, ${words.count(violations.length, "time")}`,
      ...violations
        .slice(0, mostViolations)
        .map(({ text, resource }) => `  ${of(resource)}${oneLine(text)}`),
      ...(violations.length > mostViolations ? ["  …"] : []),
      ...(url === undefined ? [] : [`  ${url}`]),
    ]),
    ...limits.map((limit) => `limit: ${limit.option}: ${words.limitText(limit)}`),
    ...adoptions.map(({ text, resource }) => `${of(resource)}${oneLine(text)}`),
    ...warnings.map(({ text, resource }) => `warning: ${of(resource)}${oneLine(text)}`),
    ...failures.map(({ text }) => `error: ${oneLine(text, 1_000)}`),
    ...(endings[report.result] === "" ? [] : [endings[report.result]]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function of(resource: string | undefined): string {
  return resource === undefined ? "" : `${oneLine(words.resourceText(resource))}: `;
}

/** Aligns the rows as a table. The first column is text, the others are numbers. */
function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}
