import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { storeOf } from "../../harness/emulator.ts";
import { installed, UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";

const example = "examples/commonjs";

const files = {
  "package.json": "{}",
  // As `pulumi policy new` writes it.
  "rules/package.json": JSON.stringify({ name: "rules", version: "0.0.1", main: "index.ts" }),
  "rules/PulumiPolicy.yaml": "runtime: nodejs\n",
  "rules/tsconfig.json": JSON.stringify({
    compilerOptions: {
      strict: true,
      target: "es2020",
      module: "commonjs",
      moduleResolution: "node",
    },
    files: ["index.ts"],
  }),
  "rules/index.ts": `
import { PolicyPack } from "@pulumi/policy";
import { taxonomyPinned } from "pulumi-ai-data-platform/policy";
new PolicyPack("rules", { policies: [taxonomyPinned], enforcementLevel: "mandatory" });
`,
  // Does what language hosts do with a folder.
  "rules/start.sh": `#!/bin/sh
cd "$(dirname "$0")" && exec node ../node_modules/@pulumi/pulumi/cmd/run-policy-pack "$1" .
`,
};

describe("the CommonJS example with Pulumi's default set-up, on the built package", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;

  before(async () => {
    // What `pulumi new typescript` brings.
    const pulumi = [installed("@pulumi/pulumi"), installed("@pulumi/policy")];
    project = await UserProject.create(files, [...pulumi, "typescript@5", "@types/node@24"]);
    for (const part of [example, "examples/quickstart/photos"]) {
      project.copy(part);
    }
    chmodSync(join(project.folder, "rules/start.sh"), 0o755);
  });
  after(() => project.remove());

  const pulumi = (...args: string[]) => project.pulumi(other.emulator, "-C", example, ...args);

  it("creates what the program declares, and then changes nothing", async () => {
    await pulumi("stack", "init", "test");
    await pulumi("up", "--yes", "--skip-preview");
    const { workItems, files } = await storeOf(other.emulator);
    assert.equal((await pulumi("stack", "output", "workItemId")).trim(), workItems[0]?.id);
    assert.equal(workItems.length, 1);
    assert.deepEqual(
      files.map(({ path, contentType, size }) => [path, contentType, size]),
      [[workItems[0]?.assetUrl, "image/jpeg", 56_809]],
    );
    await pulumi("preview", "--expect-no-changes");
  });

  it("brings the command aidp", async () => {
    const args = ["aidp", "preview", "--stack", "test", "--cwd", example];
    const { code, stdout, stderr } = await project.run(other.emulator, "npx", args);
    assert.equal(stderr, "");
    assert.match(stdout, /^commonjs\/test: Nothing to do\.\n/);
    assert.equal(code, 0);
  });

  it("is held to rules by a pack in CommonJS", async () => {
    const preview = pulumi("preview", "--policy-pack", "../../rules/start.sh");
    await assert.rejects(preview, ({ stdout }: { stdout: string }) => {
      assert.match(stdout, /\[mandatory\] \[severity: \w+\] {2}taxonomy-pinned/);
      return true;
    });
  });

  it("is destroyed", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    assert.equal((await storeOf(other.emulator)).workItems[0]?.status, "FAILED");
  });
});
