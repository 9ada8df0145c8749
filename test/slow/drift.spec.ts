import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Emulator, startEmulator } from "../../emulator/server.ts";
import { addFault, annotate, clearFaults, clientOf, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { actionsOf, batchOf, itemOf, projectFiles, reported } from "../support/reports.ts";

const results = `
new aidp.AnnotationExport("results", { batchId: other.batchId, path: "results.json" });
new aidp.BatchCompletion("begun", { batchId: other.batchId, percent: 1 });
`;
const program = (keys: string[], more = "") => `
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", { name: "vision-signs-2026-12", metadata: { owner: "vision" } });
const items = Object.fromEntries(
  ["done", "relabelled", "cancelled", "gone"].map((key) => [key, { assetUrl: key + ".jpg", labels: [] }]),
);
items.relabelled.labels = [{ bbox: [1, 2, 3, 4] }];
new aidp.WorkItemSet("signs", { batchId: batch.batchId, items });
new aidp.WorkItem("single", { batchId: batch.id, assetUrl: "single.jpg" });
new aidp.WorkItem("lost", { batchId: batch.id, assetUrl: "lost.jpg" });

const other = new aidp.Batch("other", { name: "vision-other-2026-12" });
const others = ${JSON.stringify(keys)}.map((key) => [key, { assetUrl: key + ".jpg" }]);
new aidp.WorkItemSet("other", { batchId: other.batchId, items: Object.fromEntries(others) });
${more}`;

describe("a report of drift on a real engine", function () {
  this.timeout(240_000);
  const dataDir = mkdtempSync(join(tmpdir(), "aidp-emulator-"));
  let emulator: Emulator;
  let project: UserProject;
  const drift = () => reported(project, emulator, "drift");

  before(async () => {
    emulator = await startEmulator({ dataDir });
    project = UserProject.linked({ ...projectFiles, "index.ts": program(["x", "y"]) });
    await project.pulumi(emulator, "stack", "init", "test");
    await project.pulumi(emulator, "up", "--yes", "--skip-preview");
  });
  after(async () => {
    project.remove();
    await emulator.close();
    rmSync(dataDir, { recursive: true });
  });

  const found = async () => {
    const { code, report } = await drift();
    return [code, report.result, report.warnings.map(({ text }) => text)];
  };
  const idOf = async (assetUrl: string) => {
    const { workItems } = await storeOf(emulator);
    return workItems.find((item) => item.assetUrl === assetUrl)?.id ?? "";
  };

  it("finds nothing while people only work", async () => {
    await annotate(emulator, { workItemIDs: [await idOf("done.jpg")] });
    const { batches } = await storeOf(emulator);
    const { id: batchId } = batches.find(({ name }) => name === "vision-signs-2026-12") ?? {};
    // Others add work items of their own.
    await clientOf(emulator).workItems.create(emulator.projectId, {
      ...{ assetUrl: "other.jpg", assetType: "image", batchId: String(batchId) },
    });
    const { code, report, markdown, stdout } = await drift();
    assert.equal(code, 0);
    assert.deepEqual([report.kind, report.result], ["drift", "unchanged"]);
    assert.deepEqual(batchOf(report, "vision-signs-2026-12").statuses, { NEW: 5, COMPLETED: 1 });
    assert.match(markdown, /Nothing changed on the platform\./);
    assert.match(stdout, /Nothing changed on the platform\./);
  });

  it("finds nothing while results and waits follow that work, and a job has no file of an earlier one", async () => {
    await annotate(emulator, { workItemIDs: [await idOf("x.jpg")] });
    project.write("index.ts", program(["x", "y"], results));
    await project.pulumi(emulator, "up", "--yes", "--skip-preview");
    await annotate(emulator, { workItemIDs: [await idOf("y.jpg")] });
    assert.deepEqual(await found(), [0, "unchanged", []]);
    project.write("results.json", "edited");
    assert.deepEqual(await found(), [0, "unchanged", []]);
    rmSync(join(project.folder, "results.json"));
    assert.deepEqual(await found(), [0, "unchanged", []]);
  });

  it("tells what an update that failed in part left undone, which is no drift", async () => {
    project.write("index.ts", program(["x", "y", "z"], results));
    await addFault(emulator, { operation: "createWorkItem", status: 400 });
    await assert.rejects(project.pulumi(emulator, "up", "--yes", "--skip-preview"));
    await clearFaults(emulator);
    const undone =
      "left undone: the last update failed for some of it, which is no drift; the next update does the rest";
    assert.deepEqual(await found(), [0, "unchanged", [undone]]);
    await project.pulumi(emulator, "up", "--yes", "--skip-preview");
    assert.deepEqual(await found(), [0, "unchanged", []]);
  });

  it("finds what changed, was cancelled and is gone, and changes nothing", async () => {
    const { projectId } = emulator;
    const client = clientOf(emulator);
    const { batches } = await storeOf(emulator);
    const batch = batches.find(({ name }) => name === "vision-signs-2026-12");
    await client.batches.update(projectId, String(batch?.id), { name: "renamed by hand" });
    const labels = [{ bbox: [9, 9, 9, 9] }];
    await client.workItems.setLabels(projectId, await idOf("relabelled.jpg"), labels);
    await annotate(emulator, {
      workItemIDs: [await idOf("cancelled.jpg"), await idOf("single.jpg")],
      outcome: "NOT_OK",
    });
    await forget(await idOf("gone.jpg"), await idOf("lost.jpg"));
    const before = await storeOf(emulator);

    const { code, report, markdown, stdout } = await drift();
    assert.equal(code, 2);
    assert.equal(report.result, "changed");
    const signs = batchOf(report, "renamed by hand");
    assert.equal(signs.action, "change");
    assert.deepEqual(signs.fields, [
      { field: "name", old: "vision-signs-2026-12", new: "renamed by hand" },
    ]);
    assert.deepEqual(actionsOf(signs), {
      relabelled: "change",
      cancelled: "cancel",
      gone: "missing",
      single: "cancel",
      lost: "missing",
    });
    assert.deepEqual(itemOf(report, "relabelled").fields, [
      { field: "labels", old: [{ bbox: [1, 2, 3, 4] }], new: labels },
    ]);
    const { changed, cancelled, missing, before: known, after } = report.totals;
    assert.deepEqual([changed, cancelled, missing, known, after], [1, 2, 2, 9, 7]);
    assert.match(markdown, /### Cancelled or missing on the platform \(4\)/);
    assert.match(markdown, /- `gone` in `renamed by hand`, not listed by the platform/);
    assert.match(stdout, /renamed by hand +6 → 4 \(−33 %\) +1 +2 +2/);
    assert.deepEqual(await storeOf(emulator), before);
  });

  it("still tells, once a refresh has found it, what was cancelled and what is not listed", async () => {
    const refreshed = await project.pulumi(emulator, "refresh", "--yes", "--stack", "test");
    assert.match(
      refreshed,
      /1 of its work items is FAILED, cancelled or given up by people: "cancelled"/,
    );
    const { code, report } = await drift();
    assert.equal(code, 2);
    assert.deepEqual(
      report.batches
        .flatMap(({ items }) => items)
        .map(({ key }) => key)
        .sort(),
      ["cancelled", "gone", "lost", "single"],
    );
  });

  /** What no user can do: the platform loses work items. */
  async function forget(...ids: string[]): Promise<void> {
    await emulator.close();
    const file = join(dataDir, "emulator.sqlite");
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    for (const id of ids) {
      database.prepare("DELETE FROM work_items WHERE id = ?").run(id);
    }
    database.close();
    emulator = await startEmulator({ dataDir });
  }
});
