import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";

const templates = join(projectRoot, "templates");

describe("a new project from a template", function () {
  this.timeout(120_000);
  const test = useEmulator();

  // The component for GitLab is beside them.
  const found = globSync("*/Pulumi.yaml", { cwd: templates }).map(dirname);
  assert.equal(found.length, 2);
  for (const template of found) {
    it(`${template}: is made offline, and provisions its picture`, async () => {
      const project = UserProject.linked({});
      try {
        const { emulator } = test;
        await project.pulumi(
          emulator,
          ...["new", join(templates, template), "--offline", "--generate-only", "--force", "--yes"],
          ...["--name", template, "--description", "Signs of the inner city"],
        );
        assert.match(project.read("Pulumi.yaml"), /^description: Signs of the inner city$/m);
        assert.doesNotMatch(project.read("package.json"), /\$\{/);
        await project.pulumi(emulator, "stack", "init", "dev");
        await project.pulumi(emulator, "up", "--yes", "--skip-preview");
        const { batches, workItems } = await storeOf(emulator);
        const batch = batches.find(({ name }) => name === `${template}-dev`);
        const items = workItems.filter(({ batchId }) => batchId === batch?.id);
        assert.deepEqual(
          items.map(({ labels }) => labels?.length),
          [2],
        );
      } finally {
        project.remove();
      }
    });
  }
});
