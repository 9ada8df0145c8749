import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { renderHtml } from "../report/html/page.ts";
import type { Finding } from "../report/run.ts";
import { renderJson } from "../report/text/json.ts";
import { renderMarkdown } from "../report/text/markdown.ts";
import { renderSummary } from "../report/text/summary.ts";
import { exitCodes } from "./exit-codes.ts";
import type { ReportArguments } from "./options.ts";

const stdout = "-";

/** Writes a report to where the user wants it, prints a summary to the terminal, and sets the exit code. */
export async function writeReport(
  { report, files }: Finding,
  { json, markdown, html }: Pick<ReportArguments, "json" | "markdown" | "html">,
): Promise<void> {
  const outputs: [file: string | undefined, text: () => string | Promise<string>][] = [
    [json, () => renderJson(report)],
    [markdown, () => renderMarkdown(report)],
    [html, () => renderHtml(report, files())],
  ];
  for (const [file, text] of outputs) {
    if (file === stdout) {
      process.stdout.write(await text());
    } else if (file !== undefined) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await text());
    }
  }
  const isTaken = outputs.some(([file]) => file === stdout);
  (isTaken ? process.stderr : process.stdout).write(renderSummary(report));
  process.exitCode = exitCodes[report.result];
}
