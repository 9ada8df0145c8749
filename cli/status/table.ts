import { styleText } from "node:util";
import Table from "cli-table3";
import { oneLine } from "../../report/text/foreign-text.ts";
import { moment, thousands } from "../../report/words.ts";
import type { BatchStatus } from "./look.ts";

const barWidth = 20;
/** How many open work items of a batch are shown. */
const mostItems = 50;
const head = [
  "batch",
  "progress",
  "completed",
  "in progress",
  "new",
  "overdue",
  "other",
  "next deadline",
];
const none = { top: "", "top-mid": "", "top-left": "", "top-right": "" };
const plain = {
  ...none,
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/** The batches as a table, one line each. It has colours only if standard output shows them. */
export function renderTable(batches: readonly BatchStatus[]): string {
  if (batches.length === 0) {
    return "There is no batch.\n";
  }
  const table = tableOf(head, [
    "left",
    "left",
    "right",
    "right",
    "right",
    "right",
    "right",
    "left",
  ]);
  for (const batch of batches) {
    table.push([
      oneLine(batch.name, 50),
      bar(batch),
      `${thousands(batch.completed)} of ${thousands(batch.total - batch.other)}`,
      thousands(batch.inProgress),
      thousands(batch.new),
      batch.overdue > 0 ? styleText("red", thousands(batch.overdue)) : "0",
      thousands(batch.other),
      batch.nextDeadline === undefined ? "" : moment(batch.nextDeadline),
    ]);
  }
  return [textOf(table), ...batches.flatMap(openItems)].join("\n");
}

/** The open work items of a batch, if they were asked for and there are any. */
function openItems({ name, items = [] }: BatchStatus): string[] {
  if (items.length === 0) {
    return [];
  }
  const table = tableOf(["picture", "status", "deadline", "work item"], []);
  for (const item of items.slice(0, mostItems)) {
    const { deadline, inProgress, workItemId } = item;
    const isLate = deadline !== undefined && deadline < new Date().toISOString();
    const until = deadline === undefined ? "" : moment(deadline);
    table.push([
      oneLine(item.name, 60),
      inProgress ? "in progress" : "new",
      isLate ? styleText("red", `${until}, overdue`) : until,
      workItemId,
    ]);
  }
  const more = items.length - mostItems;
  const rest = more > 0 ? `and ${thousands(more)} more\n` : "";
  return [`${styleText("bold", `Open in ${oneLine(name, 50)}`)}\n${textOf(table)}${rest}`];
}

function tableOf(titles: readonly string[], colAligns: Table.HorizontalAlignment[]): Table.Table {
  return new Table({
    head: titles.map((title) => styleText("bold", title)),
    chars: plain,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns,
  });
}

function textOf(table: Table.Table): string {
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function bar({ percent, completed, total, other }: BatchStatus): string {
  if (total - other === 0) {
    return "no open or finished work";
  }
  const done = Math.floor((percent / 100) * barWidth);
  const started = completed > 0 ? Math.max(done, 1) : 0;
  const full = styleText("green", "█".repeat(started));
  return `${full}${"░".repeat(barWidth - started)} ${String(percent).padStart(3)} %`;
}
