import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pulumiYaml, UserProject } from "../../harness/user-project.ts";
import { linkModules } from "../../scripts/link-modules.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";

/** What a process sees where Node.js is older than it must be. */
const olderNode = `data:text/javascript,${encodeURIComponent(
  `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })`,
)}`;

describe("what is said instead of a stack", function () {
  this.timeout(30_000);
  const test = useEmulator();
  let root: string;
  let folder: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "aidp-first-lines-"));
    folder = join(root, "project");
    mkdirSync(folder);
    linkModules(folder);
    writeFileSync(join(folder, "program.mjs"), 'import "pulumi-ai-data-platform";\n');
  });
  after(() => rmSync(root, { recursive: true }));

  function run(file: string, ...options: string[]) {
    const all = [...options, file];
    return spawnSync(process.execPath, all, { cwd: folder, encoding: "utf8", timeout: 20_000 });
  }

  const entries = {
    "a program": () => join(folder, "program.mjs"),
    aidp: () => join(projectRoot, "dist", "cli", "main.js"),
    "the policy pack": () => join(projectRoot, "policy", "main.mjs"),
  };
  for (const [name, file] of Object.entries(entries)) {
    it(`${name}: where Node.js is too old`, () => {
      const { status, stderr } = run(file(), "--import", olderNode);
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^error: pulumi-ai-data-platform needs Node\.js 22\.18 or newer, and this is 20\.20\.2: [^\n]*\n$/,
      );
    });
  }

  it("the policy pack: where the SDK of policies is not installed", () => {
    const project = join(root, "without");
    const installed = join(project, "node_modules", "pulumi-ai-data-platform");
    const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
    mkdirSync(project);
    linkModules(project, [...Object.keys(dependencies), "@pulumi/pulumi"]);
    // A copy, because a link would lead to the SDK that is beside the original.
    rmSync(installed);
    for (const part of ["package.json", "policy/main.mjs", "policy/package.json", "dist"]) {
      cpSync(join(projectRoot, part), join(installed, part), { recursive: true });
    }
    const { status, stderr } = run(join(installed, "policy", "main.mjs"));
    assert.deepEqual(
      [status, stderr],
      [
        1,
        "error: the policy pack needs the package @pulumi/policy: run npm install --save-dev @pulumi/policy\n",
      ],
    );
  });

  it("aidp: where nobody reads on", async () => {
    const child = spawn(process.execPath, [entries.aidp(), "doctor"], { cwd: folder });
    child.stdout.destroy();
    const said = text(child.stderr);
    const code = await new Promise((resolve) => child.once("exit", resolve));
    // Its checks fail here, as there is no key.
    assert.deepEqual([code, await said], [1, ""]);
  });

  it("a program whose library alone depends on the package", async () => {
    const project = UserProject.linked({
      "Pulumi.yaml": pulumiYaml,
      "package.json": JSON.stringify({ type: "module", main: "index.mjs" }),
      "index.mjs": 'import { declare } from "our-library";\ndeclare();\n',
      "library/package.json": JSON.stringify({ type: "module", main: "index.js" }),
      "library/index.js": `import * as aidp from "pulumi-ai-data-platform";
        export const declare = () => new aidp.Batch("signs", { name: "signs" });`,
    });
    try {
      // As pnpm lays out a workspace: what a library depends on is seen by that library only.
      const modules = join(project.folder, "node_modules");
      rmSync(join(modules, "pulumi-ai-data-platform"));
      symlinkSync(join(project.folder, "library"), join(modules, "our-library"));
      mkdirSync(join(project.folder, "library", "node_modules"));
      symlinkSync(
        projectRoot,
        join(project.folder, "library", "node_modules", "pulumi-ai-data-platform"),
      );
      await project.pulumi(test.emulator, "stack", "init", "dev");
      const { code, stdout } = await project.run(test.emulator, "pulumi", [
        "preview",
        "--non-interactive",
      ]);
      assert.notEqual(code, 0);
      assert.match(
        stdout,
        /^ +error: the package pulumi-ai-data-platform cannot be found from [^\n]*: add it to the dependencies of the program, also where only a library uses it$/m,
      );
      assert.doesNotMatch(stdout, /^ +at /m);
    } finally {
      project.remove();
    }
  });
});
