import assert from "node:assert/strict";
import { chmodSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import { storeOf, useEmulator } from "../support/emulator.ts";
import { installed, UserProject } from "../support/user-project.ts";

const example = join(projectRoot, "examples", "with-policies");

function exampleFiles(): Record<string, string> {
  const names = globSync("**/*", { cwd: example }).filter((name) =>
    statSync(join(example, name)).isFile(),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(example, name), "utf8")]));
}

describe("the example with a policy pack of its own, on the built package", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;
  const ownPack = "policy/main.mjs";

  before(async () => {
    const files = exampleFiles();
    const { dependencies, ...rest } = JSON.parse(files["package.json"] ?? "");
    assert.deepEqual(Object.keys(dependencies), [
      "@pulumi/policy",
      "@pulumi/pulumi",
      "pulumi-ai-data-platform",
    ]);
    // The library is not published: what is packed here is installed instead.
    project = await UserProject.create({ ...files, "package.json": JSON.stringify(rest) }, [
      installed("@pulumi/pulumi"),
      installed("@pulumi/policy"),
    ]);
    chmodSync(join(project.folder, ownPack), 0o755);
    await project.pulumi(other.emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  const up = (...args: string[]) =>
    project.pulumi(other.emulator, "up", "--yes", "--skip-preview", ...args);
  const changeProgram = (from: string, to: string): void => {
    const file = join(project.folder, "index.ts");
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
  };

  it("holds the stack to the picked rules, as configured", async () => {
    changeProgram("dueInSeconds: 14_400", "dueInSeconds: 14_399");
    await assert.rejects(up("--policy-pack", ownPack), ({ stdout }: { stdout: string }) => {
      assert.match(
        stdout,
        /\[mandatory\] {2}deadline-limits .*\n.*\n.*items\["junction"\]: dueInSeconds is 14399, must be 14400 \(4 hours\)/,
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
    const again = ["preview", "--policy-pack", ownPack, "--expect-no-changes"];
    await project.pulumi(other.emulator, ...again);
  });

  it("can be held to the whole pack, which the package brings along", async () => {
    const pack = "node_modules/pulumi-ai-data-platform/policy/main.mjs";
    const preview = project.pulumi(other.emulator, "preview", "--policy-pack", pack);
    await assert.rejects(preview, ({ stdout }: { stdout: string }) => {
      assert.match(stdout, /\[mandatory\] {2}deadline-required/);
      assert.match(stdout, /\[advisory\] {2}taxonomy-pinned/);
      assert.match(stdout, /metadata\.costCentre is missing/);
      return true;
    });
  });
});
