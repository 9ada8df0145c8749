import assert from "node:assert/strict";
import { startWork, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { main, projectFiles } from "../support/reports.ts";

describe("aidp up", function () {
  this.timeout(180_000);
  const test = useEmulator();
  let project: UserProject;

  const declare = (difficulty: number, extra = "") =>
    project.write(
      "index.ts",
      `
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", { name: "vision-signs-2026-12" });
const at = { batchId: batch, onWorkInProgress: "cancel" } as const;
new aidp.WorkItemSet("signs", {
  ...at,
  items: { a: { assetUrl: "a.jpg", difficulty: ${difficulty} }, b: { assetUrl: "b.jpg" } },
});
${extra}
`,
    );
  const aidp = (args: string[] = [], environment: Record<string, string> = {}) =>
    project.run(test.emulator, "node", [main, "up", "--stack", "test", ...args], environment);
  const stored = async () => (await storeOf(test.emulator)).workItems;

  before(async () => {
    project = UserProject.linked(projectFiles);
    await project.pulumi(test.emulator, "stack", "init", "test");
    declare(1);
  });
  after(() => project.remove());

  it("asks for --yes where nobody can be asked, before anything else", async () => {
    const { code, stderr, stdout } = await aidp();
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^error: nobody can be asked here .*: give --yes\n$/);
  });

  it("applies what was previewed, shows the report, and ends with 2; then there is nothing to do", async () => {
    const { code, stdout, stderr } = await aidp(["--yes"]);
    assert.equal(code, 2, stderr);
    assert.match(stdout, /labeling\/test: Work items: 2 new\. Also: 1 new batch\./);
    assert.match(stderr, /signs: 2 created/);
    assert.equal((await stored()).length, 2);
    assert.equal((await aidp(["--yes"])).code, 0);
  });

  it("applies nothing where a limit is exceeded by the statuses of now", async () => {
    // No refresh has seen it.
    await startWork(test.emulator, "a.jpg");
    const before = await stored();
    declare(2);
    const { code, stdout } = await aidp(["--yes", "--max-at-risk", "0"]);
    assert.equal(code, 4);
    assert.match(stdout, /limit: --max-at-risk/);
    assert.deepEqual(await stored(), before);
  });

  it("applies nothing where it would relabel more begun work than is allowed", async () => {
    const before = await stored();
    const relabelled = `new aidp.WorkItem("more", { ...at, assetUrl: "c.jpg", labels: [{ bbox: [1, 2, 3, LABEL] }] });`;
    declare(1, relabelled.replace("LABEL", "4"));
    const made = await aidp(["--yes"]);
    assert.equal(made.code, 2, made.stderr + made.stdout);
    await startWork(test.emulator, "c.jpg");
    declare(1, relabelled.replace("LABEL", "5"));
    const { code, stdout } = await aidp(["--yes", "--max-relabelled-done", "0"]);
    assert.equal(code, 4);
    assert.match(
      stdout,
      /limit: --max-relabelled-done: 0 work items are allowed, and there is 1\n/,
    );
    const more = (await stored()).slice(before.length);
    assert.deepEqual(
      more.map(({ labels }) => labels),
      [[{ bbox: [1, 2, 3, 4] }]],
    );
    declare(1);
    assert.equal((await aidp(["--yes"])).code, 2);
    declare(2);
  });

  it("applies nothing where the statuses cannot be looked up", async () => {
    const before = await stored();
    const { code, stdout, stderr } = await aidp(["--yes"], { AIDP_API_KEY: "" });
    assert.equal(code, 1);
    assert.match(stdout, /Work at risk is not checked\./);
    assert.match(stderr, /could not be looked up, so it was not applied/);
    assert.deepEqual(await stored(), before);
  });

  it("applies nothing else than what was previewed", async () => {
    const before = await stored();
    // The program is another one each time it runs.
    declare(3, 'new aidp.Batch("other", { name: String(Date.now()) });');
    const { code, stdout, stderr } = await aidp(["--yes"]);
    assert.equal(code, 1, stdout);
    assert.match(stderr, /violates plan/);
    assert.deepEqual(
      (await stored()).map(({ id, status }) => [id, status]),
      before.map(({ id, status }) => [id, status]),
    );
  });
});
