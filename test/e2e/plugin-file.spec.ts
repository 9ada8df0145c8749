import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserProject } from "../../harness/user-project.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { temporaryFolder } from "../scripts/temporary-folder.ts";
import { useEmulator } from "../support/emulator.ts";

const name = "pulumi-resource-aidp";
const program = `name: labeling
runtime: yaml
resources:
  signs:
    type: aidp:Batch
    properties: { name: signs }
`;

describe("the plugin's file", () => {
  const folder = temporaryFolder();

  /** Starts it as a user's Node.js would, in a folder with nothing else. */
  function start(node: string | undefined) {
    const bin = join(folder(), "bin");
    mkdirSync(bin);
    if (node !== undefined) {
      writeFileSync(join(bin, "node"), node);
      chmodSync(join(bin, "node"), 0o755);
    }
    symlinkSync("/bin/sh", join(bin, "sh"));
    const file = join(folder(), name);
    copyFileSync(join(pluginFolder, name), file);
    return spawnSync(file, [], { env: { PATH: bin }, encoding: "utf8", timeout: 3_000 });
  }
  const real = `#!/bin/sh\nexec ${process.execPath} "$@"\n`;

  it("serves from a folder of its own, whatever kind of package that is", () => {
    writeFileSync(join(folder(), "package.json"), '{"type":"module"}');
    const { stdout, stderr } = start(real);
    assert.match(stdout, /^\d+\n$/, stderr);
  });

  it("says in one line that there is no Node.js", () => {
    const { status, stdout, stderr } = start(undefined);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^the provider plugin aidp needs Node\.js 22\.18 or newer on the PATH: [^\n]*\n$/,
    );
  });

  it("says in one line that Node.js is too old", () => {
    const old = real.replace('"$@"', `-r ${join(folder(), "old.cjs")} "$@"`);
    writeFileSync(
      join(folder(), "old.cjs"),
      'Object.defineProperty(process.versions, "node", { value: "20.19.1" });',
    );
    const { status, stdout, stderr } = start(old);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^the provider plugin aidp needs Node\.js 22\.18 or newer, and this is 20\.19\.1: [^\n]*\n$/,
    );
  });

  it("has the version of the package", () => {
    const { version } = JSON.parse(
      readFileSync(join(dirname(pluginFolder), "package.json"), "utf8"),
    );
    const schema = readFileSync(join(pluginFolder, name), "utf8");
    assert.ok(schema.includes(`version:"${version}"`));
  });
});

describe("the plugin's file, as Pulumi installs it", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let project: UserProject;
  beforeEach(async () => {
    project = UserProject.linked({ "Pulumi.yaml": program });
    await project.pulumi(test.emulator, "stack", "init", "test");
  });
  afterEach(() => project.remove());
  const pulumi = (...args: string[]) => project.pulumi(test.emulator, ...args);
  const install = (file: string) =>
    pulumi("plugin", "install", "resource", "aidp", "0.1.0", "--file", file);

  it("serves a program that names no plugin, once it is installed from a file or an archive", async () => {
    const archive = join(project.folder, `${name}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", pluginFolder, name]);
    for (const file of [join(pluginFolder, name), archive]) {
      await install(file);
      assert.match(await pulumi("preview"), /aidp:index:Batch signs create/);
      await project.run(test.emulator, "pulumi", ["plugin", "rm", "--all", "--yes"]);
    }
  });

  it("is added to a program as a package, once it is installed", async () => {
    await install(join(pluginFolder, name));
    await pulumi("package", "add", "aidp@0.1.0");
    assert.match(project.read("Pulumi.yaml"), /packages:\n {2}aidp: aidp@0\.1\.0/);
    assert.match(await pulumi("preview"), /aidp:index:Batch signs create/);
  });
});
