import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeOf } from "../../harness/emulator.ts";
import { installed, UserProject } from "../../harness/user-project.ts";
import { npmPack } from "../../scripts/npm-pack.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";

const example = "examples/with-policies";

describe("the example with a policy pack of its own, on the built package", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;
  const ownPack = "policy/main.mjs";

  before(async () => {
    const packages = [installed("@pulumi/pulumi"), installed("@pulumi/policy")];
    project = await UserProject.create({ "package.json": "{}" }, packages);
    project.copy(example);
    chmodSync(join(project.folder, example, ownPack), 0o755);
    await pulumi("stack", "init", "test");
  });
  after(() => project.remove());

  const pulumi = (...args: string[]) => project.pulumi(other.emulator, "-C", example, ...args);
  const up = (...args: string[]) => pulumi("up", "--yes", "--skip-preview", ...args);
  const changeProgram = (from: string, to: string): void => {
    const file = join(project.folder, example, "index.ts");
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
  };

  it("holds the stack to the picked rules, as configured", async () => {
    changeProgram("dueInSeconds: 14_400", "dueInSeconds: 14_399");
    await assert.rejects(up("--policy-pack", ownPack), ({ stdout }: { stdout: string }) => {
      assert.match(
        stdout,
        /\[mandatory\] \[severity: \w+\] {2}deadline-limits .*\n.*\n.*items\["junction"\]: dueInSeconds is 14399, must be 14400 \(4 hours\)/,
      );
      return true;
    });
    assert.deepEqual((await storeOf(other.emulator)).workItems, []);
    changeProgram("dueInSeconds: 14_399", "dueInSeconds: 14_400");
  });

  it("trims the name and gives a deadline", async () => {
    const stdout = await up("--policy-pack", ownPack);
    assert.doesNotMatch(stdout, /taxonomy-pinned/);
    const { workItems, batches } = await storeOf(other.emulator);
    assert.ok(batches.some(({ name }) => name === "vision-signs-2026-12"));
    assert.deepEqual(
      workItems.map(({ assetUrl, dueInSeconds }) => [assetUrl.slice(-12), dueInSeconds]).sort(),
      [
        ["crossing.jpg", 259_200],
        ["junction.jpg", 14_400],
      ],
    );
    await pulumi("preview", "--policy-pack", ownPack, "--expect-no-changes");
  });

  it("can be held to the whole pack, which the package brings along", async () => {
    const pack = "../../node_modules/pulumi-ai-data-platform/policy/main.mjs";
    await assert.rejects(
      pulumi("preview", "--policy-pack", pack),
      ({ stdout }: { stdout: string }) => {
        assert.match(stdout, /\[mandatory\] \[severity: \w+\] {2}deadline-required/);
        assert.match(stdout, /\[advisory\] \[severity: \w+\] {2}taxonomy-pinned/);
        assert.match(stdout, /metadata\.costCentre is missing/);
        return true;
      },
    );
  });

  it("can be held to a pack that is published by itself", async () => {
    const alone = mkdtempSync(join(tmpdir(), "aidp-pack-alone-"));
    try {
      const tarballs = [npmPack(alone), npmPack(alone, join(projectRoot, "policy"))];
      writeFileSync(join(alone, "package.json"), "{}");
      const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs];
      execFileSync("npm", install, { cwd: alone, stdio: "pipe" });
      const pack = join(alone, "node_modules", "pulumi-ai-data-platform-policy");
      const files = readdirSync(pack);
      assert.deepEqual(files.sort(), ["PulumiPolicy.yaml", "main.mjs", "package.json"]);
      await assert.rejects(
        pulumi("preview", "--policy-pack", join(pack, "main.mjs")),
        ({ stdout }: { stdout: string }) =>
          /\[mandatory\] \[severity: \w+\] {2}deadline-required/.test(stdout),
      );
    } finally {
      rmSync(alone, { recursive: true });
    }
  });

  it("is destroyed", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(new Set(workItems.map(({ status }) => status)), new Set(["FAILED"]));
  });
});
