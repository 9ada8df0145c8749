import assert from "node:assert/strict";
import { startWork, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { projectFiles } from "../support/reports.ts";

const secretValue = "metadata-nobody-may-see";

const program = (items: string) => `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const metadata = { owner: pulumi.secret("${secretValue}") };
new aidp.WorkItemSet("set", { items: { ${items} } });
`;
const withSecret = `a: { assetUrl: "a.jpg", metadata }, b: { assetUrl: "b.jpg" }`;

describe("a secret of an item that people work on, on a real engine", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let project: UserProject;
  const pulumi = (...args: string[]) =>
    project.run(test.emulator, "pulumi", [...args, "--non-interactive", "--yes"]);
  const state = () => project.read("state/.pulumi/stacks/labeling/test.json");

  before(async () => {
    project = UserProject.linked({ ...projectFiles, "index.ts": program(withSecret) });
    await project.pulumi(test.emulator, "stack", "init", "test");
    await project.pulumi(test.emulator, "up", "--yes", "--skip-preview");
    await startWork(test.emulator, "a.jpg");
  });
  after(() => project.remove());

  for (const [name, items] of [
    ["it is declared without it", withSecret.replace("metadata", "")],
    ["it is declared no longer", `b: { assetUrl: "b.jpg" }`],
  ] as const) {
    it(`stays secret where ${name}, and the change can be taken back`, async () => {
      project.write("index.ts", program(items));
      for (const command of ["up", "refresh", "up"]) {
        const { stdout, stderr } = await pulumi(command, "--skip-preview");
        if (command === "up") assert.match(stdout, /"a": .* is IN_PROGRESS/);
        assert.ok(!`${stdout}${stderr}${state()}`.includes(secretValue), command);
      }
      project.write("index.ts", program(withSecret));
      await project.pulumi(test.emulator, "up", "--yes", "--skip-preview");
      await project.pulumi(test.emulator, "preview", "--expect-no-changes");
      assert.ok(!state().includes(secretValue));
      const { workItems } = await storeOf(test.emulator);
      const of = workItems.filter(({ assetUrl }) => assetUrl === "a.jpg");
      assert.deepEqual(
        of.map(({ status }) => status),
        ["IN_PROGRESS"],
      );
    });
  }
});
