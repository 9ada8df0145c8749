import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { engineEnv } from "../../scripts/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { storeOf, useEmulator } from "../support/emulator.ts";
import { environmentOf, testEngine } from "../support/stack.ts";

const run = promisify(execFile);

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
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-commonjs-"));
    mkdirSync(join(folder, "state"));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
    }
    const packed = await run(
      "npm",
      ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
      {
        cwd: projectRoot,
      },
    );
    const answer = JSON.parse(packed.stdout);
    const [{ filename }] = Array.isArray(answer) ? answer : Object.values(answer);
    // What `pulumi new typescript` brings, at the versions that this project is tested with.
    const { version } = JSON.parse(
      readFileSync(join(projectRoot, "node_modules/@pulumi/pulumi/package.json"), "utf8"),
    );
    const packages = [
      join(folder, filename),
      `@pulumi/pulumi@${version}`,
      "typescript@5",
      "@types/node@24",
    ];
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], {
      cwd: folder,
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("creates what the program declares, and then changes nothing", async () => {
    const engine = await testEngine();
    const env = {
      ...engineEnv(engine),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...environmentOf(other.emulator),
    };
    const pulumi = async (...args: string[]): Promise<string> =>
      (await run("pulumi", [...args, "--non-interactive"], { cwd: folder, env })).stdout;

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
