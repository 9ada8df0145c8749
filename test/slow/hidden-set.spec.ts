import assert from "node:assert/strict";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { batchOf, projectFiles, reported } from "../support/reports.ts";

const batch = `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", { name: "vision-signs-2026-12" });
new aidp.WorkItem("one", { batchId: batch.batchId, assetUrl: "one.jpg" });
`;
const set = (items: string) =>
  `new aidp.WorkItemSet("signs", { batchId: batch.batchId, items: ${items} });\n`;

describe("a report of a new set that nothing is seen of, on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator();
  let project: UserProject;
  const preview = (...args: string[]) => reported(project, other.emulator, "preview", ...args);

  before(async () => {
    project = UserProject.linked({ ...projectFiles, "index.ts": batch });
    await project.pulumi(other.emulator, "stack", "init", "test");
    await project.pulumi(other.emulator, "up", "--yes", "--skip-preview");
  });
  after(() => project.remove());

  it("is of a change, though the batch stays as it is", async () => {
    project.write("index.ts", batch + set('pulumi.secret({ two: { assetUrl: "two.jpg" } })'));
    const { code, report, markdown } = await preview();
    assert.equal(batchOf(report, "vision-signs-2026-12").action, "same");
    assert.deepEqual([code, report.result], [2, "changed"]);
    assert.doesNotMatch(markdown, /Nothing to do/);
    assert.match(markdown, /No work item is seen to change\./);
  });

  it("is of a change also where the set is empty so far", async () => {
    project.write("index.ts", batch + set("{}"));
    const { code, report } = await preview("--max-new", "0");
    assert.deepEqual([code, report.result], [2, "changed"]);
  });
});
