import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { annotationExportLifecycle } from "../../../provider/resources/annotation-export.ts";

describe("provider: AnnotationExport: check", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-export-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function check(more: Plain) {
    const news: Plain = { path: join(folder, "annotations.json"), batchId: "1", ...more };
    const defaults = { projectId: randomUUID(), spaceId: undefined };
    const { failures } = await annotationExportLifecycle.check(news, {}, defaults);
    return { reasons: failures.map(({ reason }) => reason) };
  }

  for (const [title, more, message] of [
    ["neither batch nor items", { batchId: undefined }, /^batchId or workItemIds must be given/],
    ["both", { workItemIds: [randomUUID()] }, /^batchId or workItemIds must be given/],
    [
      "items that are none",
      { batchId: undefined, workItemIds: 7 },
      /^workItemIds must be work item ids/,
    ],
    ["a folder as its path", { path: tmpdir() }, /^path must be a file, got /],
    ["an unknown field", { file: "x" }, /^file is not an input/],
    ["a batch of another project", { batchId: `${randomUUID()}/1` }, /^batchId is of project /],
  ] as const) {
    it(`refuses ${title}`, async () => {
      assert.match((await check(more)).reasons.join("\n"), message);
    });
  }

  it("refuses to write over a file of another kind before anything is done", async () => {
    writeFileSync(join(folder, "own.json"), "{}");
    assert.match(
      (await check({ path: join(folder, "own.json") })).reasons.join(),
      /^path must not be a file that was not written by an export/,
    );
  });
});
