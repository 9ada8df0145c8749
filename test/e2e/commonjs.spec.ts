import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { storeOf, useEmulator } from "../support/emulator.ts";
import { installed, UserProject } from "../support/user-project.ts";

const files = {
  "Pulumi.yaml": "name: user\nruntime: nodejs\n",
  // As `pulumi new typescript` writes it.
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      strict: true,
      target: "es2020",
      module: "commonjs",
      moduleResolution: "node",
    },
    files: ["index.ts"],
  }),
  "package.json": JSON.stringify({ name: "user", main: "index.ts" }),
  "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("batch", { name: "from CommonJS" });
const photo = new aidp.SignedUpload("photo", { source: new pulumi.asset.FileAsset("photo.txt") });
const item = new aidp.WorkItem("item", { batchId: batch.id, assetUrl: photo, dueInSeconds: 60 });
export const workItemId: pulumi.Output<string> = item.workItemId;
`,
  "photo.txt": "not much of a photo",
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
import { deadlineLimits } from "pulumi-ai-data-platform/policy";
new PolicyPack("rules", { policies: [deadlineLimits], enforcementLevel: "mandatory" });
`,
  // Does what language hosts do with a folder.
  "rules/start.sh": `#!/bin/sh
cd "$(dirname "$0")" && exec node ../node_modules/@pulumi/pulumi/cmd/run-policy-pack "$1" .
`,
};

describe("the built package in a CommonJS program with Pulumi's default set-up", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;

  before(async () => {
    // What `pulumi new typescript` brings.
    const pulumi = [installed("@pulumi/pulumi"), installed("@pulumi/policy")];
    project = await UserProject.create(files, [...pulumi, "typescript@5", "@types/node@24"]);
    chmodSync(join(project.folder, "rules/start.sh"), 0o755);
  });
  after(() => project.remove());

  it("creates what the program declares, and then changes nothing", async () => {
    const pulumi = (...args: string[]) => project.pulumi(other.emulator, ...args);

    await pulumi("stack", "init", "test");
    await pulumi("up", "--yes", "--skip-preview");
    const { workItems, files } = await storeOf(other.emulator);
    assert.equal((await pulumi("stack", "output", "workItemId")).trim(), workItems[0]?.id);
    assert.equal(workItems.length, 1);
    assert.deepEqual(
      files.map(({ path, contentType, size }) => [path, contentType, size]),
      [[workItems[0]?.assetUrl, "text/plain", 19]],
    );
    await pulumi("preview", "--expect-no-changes");
  });

  it("brings the command aidp", async () => {
    const args = ["aidp", "preview", "--stack", "test"];
    const { code, stdout, stderr } = await project.run(other.emulator, "npx", args);
    assert.equal(stderr, "");
    assert.match(stdout, /^user\/test: Nothing to do\.\n/);
    assert.equal(code, 0);
  });

  it("is held to rules by a pack in CommonJS", async () => {
    const preview = project.pulumi(other.emulator, "preview", "--policy-pack", "rules/start.sh");
    await assert.rejects(preview, ({ stdout }: { stdout: string }) => {
      assert.match(stdout, /\[mandatory\] {2}deadline-limits/);
      return true;
    });
  });
});
