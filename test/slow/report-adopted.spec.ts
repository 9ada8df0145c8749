import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { clientOf, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { batchOf, itemOf, projectFiles, reported } from "../support/reports.ts";

describe("reports of what is adopted, renamed and left, on a real engine", function () {
  this.timeout(240_000);
  const test = useEmulator();
  let project: UserProject;

  const declare = (names: string[]) =>
    project.write(
      "index.ts",
      `
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", { name: "Signs", adopt: true });
const items = Object.fromEntries(
  ${JSON.stringify(names)}.map((name) => [name, { assetUrl: "signs/" + name + ".jpg" }]),
);
new aidp.WorkItemSet("signs", { batchId: batch, items, adopt: true });
new aidp.Dataset("photos", {
  batchName: "Photos",
  folder: "photos",
  findings: { broken: "ignore" },
});
`,
    );
  const preview = () => reported(project, test.emulator, "preview", "--effort-item", "2");

  before(async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id: batchId } = await client.batches.create(emulator.projectId, { name: "Signs" });
    for (const name of ["a", "b"]) {
      const input = { assetUrl: `signs/${name}.jpg`, assetType: "image", batchId };
      await client.workItems.create(emulator.projectId, input);
    }
    project = UserProject.linked({
      ...projectFiles,
      "photos/one.jpg": "one",
      "photos/two.jpg": "two",
    });
    await project.pulumi(emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  it("tell an adopted batch and its items from new ones, which alone cost something", async () => {
    declare(["a", "b", "c"]);
    const { report, markdown } = await preview();
    const signs = batchOf(report, "Signs");
    assert.deepEqual([signs.action, signs.adopted], ["create", true]);
    assert.deepEqual([signs.counts.adopted, signs.counts.added], [2, 1]);
    assert.deepEqual(
      signs.items.map(({ key, adopted }) => [key, adopted]),
      [
        ["a", true],
        ["b", true],
        ["c", undefined],
      ],
    );
    assert.equal(signs.effort?.update, 2);
    assert.match(markdown, /Also: 1 new batch, 1 adopted batch, 2 files\./);
    assert.match(markdown, /\| `Signs` \(adopted\) \|/);
    assert.equal(report.batches.length, 2);
  });

  it("tell a renamed file as renamed, and do what they say", async () => {
    await project.pulumi(test.emulator, "up", "--yes", "--skip-preview", "--stack", "test");
    renameSync(join(project.folder, "photos/two.jpg"), join(project.folder, "photos/three.jpg"));
    const { report } = await preview();
    assert.equal(itemOf(report, "two.jpg").renamed, "three.jpg");
    assert.equal(itemOf(report, "three.jpg").renamed, "two.jpg");
    assert.equal(report.totals.renamed, 1);
    assert.deepEqual(
      report.uploads.map(({ file, action, renamed }) => [file, action, renamed]),
      [
        ["three.jpg", "add", "two.jpg"],
        ["two.jpg", "keep", undefined],
      ],
    );
    const before = (await storeOf(test.emulator)).workItems;
    await project.pulumi(test.emulator, "up", "--yes", "--skip-preview", "--stack", "test");
    const after = (await storeOf(test.emulator)).workItems;
    assert.equal(after.length, before.length + 1);
    assert.equal(after.filter(({ status }) => status === "FAILED").length, 1);
  });
});
