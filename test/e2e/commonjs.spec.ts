import assert from "node:assert/strict";
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
};

describe("the built package in a CommonJS program with Pulumi's default set-up", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;

  before(async () => {
    // What `pulumi new typescript` brings.
    const packages = [installed("@pulumi/pulumi"), "typescript@5", "@types/node@24"];
    project = await UserProject.create(files, packages);
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
});
