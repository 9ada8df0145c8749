import { styleText } from "node:util";
import Table from "cli-table3";
import { oneLine } from "../../report/text/foreign-text.ts";
import { moment, thousands } from "../../report/words.ts";
import type { BatchStatus } from "./look.ts";

const barWidth = 20;
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
  const table = new Table({
    head: head.map((title) => styleText("bold", title)),
    chars: plain,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "left"],
  });
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
