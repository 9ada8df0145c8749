import assert from "node:assert/strict";
import { annotate } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { actionsOf, batchOf, itemOf, projectFiles, reported } from "../support/reports.ts";

/** Items that are secret or not known at preview: all of a set, or single ones; and items that move. */
const program = (difficulty: number, home: "first" | "second") => `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const first = new aidp.Batch("first", { name: "vision-first-2026-12" });
const second = new aidp.Batch("second", { name: "vision-second-2026-12" });
const later = (text) => second.createdBy.apply((user) => text + user + ".jpg");
new aidp.WorkItemSet("later", {
  batchId: first.batchId,
  items: later("").apply((assetUrl) => ({ later: { assetUrl } })),
});
new aidp.WorkItemSet("secret", {
  batchId: first.batchId,
  items: pulumi.secret({ whole: { assetUrl: "whole.jpg", difficulty: ${difficulty} } }),
});
new aidp.WorkItemSet("mixed", {
  batchId: first.batchId,
  items: {
    "changed.a-b": pulumi.secret({ assetUrl: "changed.jpg", difficulty: ${difficulty} }),
    "kept.jpg": pulumi.secret({ assetUrl: "kept.jpg" }),
    part: { assetUrl: later("part") },
  },
});
new aidp.WorkItemSet("moving", { batchId: ${home}.batchId, items: { moving: { assetUrl: "moving.jpg" } } });
new aidp.WorkItem("shows", { assetUrl: new aidp.SignedUpload("photo", { source: "photo.txt" }) });
`;

describe("a report of what is hidden, on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator();
  let project: UserProject;
  const preview = (...args: string[]) => reported(project, other.emulator, "preview", ...args);

  before(async () => {
    const files = { "index.ts": program(1, "first"), "photo.txt": "photo" };
    project = UserProject.linked({ ...projectFiles, ...files });
    await project.pulumi(other.emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  it("keeps to no limit on new items where it cannot see how many there are", async () => {
    const { code, report, stdout } = await preview("--max-new", "1000", "--max-at-risk", "0");
    assert.equal(code, 4);
    assert.deepEqual(report.limits, [{ option: "--max-new", limit: 1000 }]);
    assert.match(stdout, /allowed, and it cannot be seen how many there are/);
    const hidden = report.warnings.filter(({ text }) => /secret, or not known/.test(text));
    assert.equal(hidden.length, 2);
    assert.deepEqual(actionsOf(batchOf(report, "vision-first-2026-12")), {
      "changed.a-b": "add",
      "kept.jpg": "add",
      part: "add",
      moving: "add",
    });
    assert.equal(itemOf(report, "shows").new?.assetUrl, "[not known yet]");
  });

  it("sees that nothing changed", async () => {
    await project.pulumi(other.emulator, "up", "--yes", "--skip-preview");
    const { code, report } = await preview("--max-new", "0");
    assert.equal(code, 0);
    assert.equal(report.totals.after, 7);
  });

  it("sees which secret items change, that items move, and what is at risk", async () => {
    await annotate(other.emulator);
    project.write("index.ts", program(2, "second"));
    project.write("photo.txt", "another photo");
    const { code, report } = await preview("--max-at-risk", "0");
    assert.equal(code, 4);
    const first = batchOf(report, "vision-first-2026-12");
    assert.deepEqual(actionsOf(first), {
      whole: "replace",
      "changed.a-b": "replace",
      moving: "cancel",
    });
    assert.deepEqual(actionsOf(batchOf(report, "vision-second-2026-12")), { moving: "add" });
    assert.deepEqual(
      first.items.map(({ atRisk, moved }) => [atRisk, moved]).toSorted(),
      [
        ["refused", undefined],
        ["refused", undefined],
        ["refused", "vision-second-2026-12"],
      ].toSorted(),
    );
    assert.deepEqual(itemOf(report, "changed.a-b").fields, [
      { field: "item", old: "[secret]", new: "[secret]" },
    ]);
    assert.equal(itemOf(report, "shows").action, "replace");
    assert.equal(report.totals.atRisk, 4);
  });
});
