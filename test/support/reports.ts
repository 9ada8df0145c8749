import assert from "node:assert/strict";
import { join } from "node:path";
import type { Emulator } from "../../emulator/server.ts";
import { pulumiYaml, type UserProject } from "../../harness/user-project.ts";
import type { BatchReport, ItemChange, Report } from "../../report/model.ts";
import { projectRoot } from "../../scripts/paths.ts";

/** A value that must be in no report. */
export const secretValue = "s3cret-of-the-owner";

/** The CLI, as it is built here. */
export const main = join(projectRoot, "dist/cli/main.js");

/** What a project needs beside its program `index.ts`. */
export const projectFiles = {
  "Pulumi.yaml": `${pulumiYaml}main: index.ts\n`,
  "package.json": JSON.stringify({ name: "labeling", type: "module", main: "index.ts" }),
};

/** Runs a command of the CLI on the stack `test`, and reads the report that it wrote. */
export async function reported(
  project: UserProject,
  emulator: Emulator,
  command: string,
  ...args: string[]
): Promise<{ code: number; report: Report; markdown: string; html: string; stdout: string }> {
  const outputs = ["--json", "out/report.json", "--markdown", "out/report.md"];
  const page = ["--html", "out/report.html"];
  const given = [main, command, "--stack", "test", ...outputs, ...page, ...args];
  const { code, stdout, stderr } = await project.run(emulator, process.execPath, given);
  assert.equal(stderr, "");
  const [json, markdown] = [project.read("out/report.json"), project.read("out/report.md")];
  const html = project.read("out/report.html");
  for (const text of [json, markdown, html, stdout]) {
    assert.ok(!text.includes(secretValue), "a secret value is in the report");
  }
  return { code, report: JSON.parse(json), markdown, html, stdout };
}

export function batchOf({ batches }: Report, name: string): BatchReport {
  const found = batches.find((batch) => batch.name === name);
  assert.ok(found, `there is no batch ${name}`);
  return found;
}

/** The one change of the item with a key. */
export function itemOf({ batches }: Report, key: string): ItemChange {
  const [item, ...others] = batches.flatMap(({ items }) =>
    items.filter((each) => each.key === key),
  );
  assert.ok(item, `${key} is not reported`);
  assert.deepEqual(others, []);
  return item;
}

export function actionsOf({ items }: BatchReport): Record<string, string> {
  return Object.fromEntries(items.map(({ key, action }) => [key, action]));
}
