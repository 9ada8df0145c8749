import assert from "node:assert/strict";
import { annotate, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { itemOf, main, projectFiles, reported } from "../support/reports.ts";

const program = (days: number, others = "") => `
import * as aidp from "pulumi-ai-data-platform";
new aidp.WorkItemSet("signs", {
  items: { done: { assetUrl: "uploads/done.png" }, open: { assetUrl: "uploads/open.png" } },
  defaults: { dueInSeconds: ${days} * 86400 },
  ${others}
});
`;

describe("a report after an update that failed in part", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let project: UserProject;
  before(async () => {
    project = UserProject.linked({ ...projectFiles, "index.ts": program(7) });
    await project.pulumi(test.emulator, "stack", "init", "test");
    await project.pulumi(test.emulator, "up", "--yes", "--skip-preview");
  });
  after(() => project.remove());

  const finish = async (asset: string) => {
    const { workItems } = await storeOf(test.emulator);
    const ids = workItems.flatMap(({ id, assetUrl, status }) =>
      assetUrl === asset && status === "NEW" ? [id] : [],
    );
    await annotate(test.emulator, { workItemIDs: ids });
  };

  it("says what taking the change back ends, and keeps to the limits", async () => {
    await finish("uploads/done.png");
    project.write("index.ts", program(3));
    await assert.rejects(project.pulumi(test.emulator, "up", "--yes", "--skip-preview"));
    // The open item was replaced, and somebody has finished the new one.
    await finish("uploads/open.png");
    project.write("index.ts", program(7, 'onWorkInProgress: "cancel",'));
    const limits = ["--max-at-risk", "0"];
    const { code, report } = await reported(project, test.emulator, "preview", ...limits);
    assert.deepEqual([code, report.totals.atRisk], [4, 1]);
    assert.equal(itemOf(report, "open").action, "replace");
    const before = (await storeOf(test.emulator)).workItems;
    const up = [main, "up", "--stack", "test", "--yes", ...limits];
    assert.equal((await project.run(test.emulator, process.execPath, up)).code, 4);
    assert.deepEqual((await storeOf(test.emulator)).workItems, before);
  });
});
