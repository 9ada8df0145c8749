import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pulumiYaml, UserProject } from "../../harness/user-project.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { main, projectFiles } from "../support/reports.ts";

const policyPack = join(projectRoot, "policy/main.mjs");

describe("reports that cannot be made, on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator();
  let project: UserProject;
  const run = (args: string[], env: Record<string, string> = {}) =>
    project.run(other.emulator, process.execPath, [main, "preview", ...args], {
      PULUMI_STACK: "test",
      ...env,
    });

  before(async () => {
    const program = 'import "pulumi-ai-data-platform";\nthrow new Error("no list of pictures");\n';
    project = UserProject.linked({ ...projectFiles, "index.ts": program });
    mkdirSync(join(project.folder, "pulumi"));
    await project.pulumi(other.emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  for (const [title, args, env, expected] of [
    ["no login", [], { PULUMI_BACKEND_URL: "" }, /PULUMI_ACCESS_TOKEN must be set for login/],
    ["a wrong passphrase", [], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, /incorrect passphrase/],
    ["a folder without a project", ["-C", "pulumi"], {}, /failed to find project settings file/],
    [
      "both outputs on stdout",
      ["--json", "-", "--markdown", "-"],
      {},
      /--json and --markdown cannot both be -/,
    ],
    ["a stack that is not there", ["-s", "nowhere"], {}, /: no stack named 'nowhere' found\n/],
    ["a folder that is not there", ["-C", "missing"], {}, /: there is no folder missing/],
    ["no CLI of Pulumi", [], { PATH: "pulumi" }, /: pulumi is not on the PATH: /],
    [
      "a limit on what is not known",
      ["--max-cost", "5"],
      {},
      /: --max-cost needs what an item or a box costs: give --effort-item or /,
    ],
    ["an effort that is no JSON", [], { AIDP_EFFORT: "2 minutes" }, /: aidp:effort must be JSON /],
    [
      "an unknown unit",
      ["--effort-unit", "dollars"],
      {},
      /: --effort-unit must be minutes, hours or the code of a currency such as USD, got "dollars" /,
    ],
    [
      "a limit that is no number",
      ["--max-new", "few"],
      {},
      /: --max-new must be a whole number of 0 or more, got "few" /,
    ],
  ] as const) {
    it(`says in one line what is wrong with ${title}`, async () => {
      const { code, stdout, stderr } = await run([...args], env);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, expected);
      assert.match(stderr, /^error: [^\n]*\n$/);
    });
  }

  for (const [title, config, expected] of [
    [
      "a misspelt rule, whatever it has",
      { "deadline-limit": { minimumSeconds: 5 }, "set-sise": "mandatory" },
      "error: policies.json: deadline-limit is not a rule of this pack: did you mean deadline-limits?; set-sise is not a rule of this pack: did you mean set-size?",
    ],
    [
      "a level and a setting of the wrong form",
      { all: "mandatry", "set-size": { maximum: "many" } },
      'error: policies.json: the level of all must be one of advisory, mandatory, remediate, disabled, got "mandatry"; the configuration of set-size is wrong: maximum: Invalid input: expected number, received string',
    ],
  ] as const) {
    it(`says in one line what is wrong with a configuration of the rules that has ${title}`, async () => {
      project.write("policies.json", JSON.stringify(config));
      for (const pack of [policyPack, dirname(policyPack)]) {
        const options = ["--policy-pack", pack, "--policy-pack-config", "policies.json"];
        const { code, stdout, stderr } = await run(options);
        assert.deepEqual([code, stdout, stderr], [1, "", `${expected}\n`]);
      }
    });
  }

  it("says what the engine says of the configuration of another pack", async () => {
    project.write(
      "own/main.mjs",
      `#!/usr/bin/env node
import { PolicyPack } from "@pulumi/policy";
import { setSize } from "pulumi-ai-data-platform/policy";
process.chdir(import.meta.dirname);
new PolicyPack("own", { policies: [{ ...setSize, enforcementLevel: "mandatory" }] });
`,
    );
    project.write("own/package.json", '{ "version": "1.0.0" }');
    chmodSync(join(project.folder, "own/main.mjs"), 0o755);
    const own = [join(project.folder, "own/main.mjs"), "--policy-pack-config", "policies.json"];
    for (const [config, expected] of [
      [
        { "set-size": { maximum: "many" } },
        /^error: validating policy config: own 1\.0\.0 set-size: maximum: Invalid type\. [^\n]*\n$/,
      ],
      [
        { "set-siz": "mandatory" },
        /^error: [^\n]*: set-siz is not a rule of this pack: did you mean set-size\? Correct it in [^\n]*\n$/,
      ],
    ] as const) {
      project.write("policies.json", JSON.stringify(config));
      const { code, stdout, stderr } = await run(["--policy-pack", ...own]);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, expected);
    }
  });

  it("says why a pack does not start", async () => {
    project.write("own/broken.mjs", '#!/usr/bin/env node\nimport "a-package-that-is-missing";\n');
    chmodSync(join(project.folder, "own/broken.mjs"), 0o755);
    const { code, stdout, stderr } = await run(["--policy-pack", "own/broken.mjs"]);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.match(
      stderr,
      /^error: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package 'a-package-that-is-missing' [^\n]*; policy pack [^\n]* failed to start: [^\n]*\n$/,
    );
  });

  it("says that a configuration of rules is not JSON, and which", async () => {
    project.write("policies.json", '{ "set-size": ');
    const options = ["--policy-pack", policyPack, "--policy-pack-config", "policies.json"];
    const { code, stdout, stderr } = await run(options);
    const expected =
      "error: policies.json: it must be a JSON object whose fields are the names of rules\n";
    assert.deepEqual([code, stdout, stderr], [1, "", expected]);
  });

  it("says why the program fails", async () => {
    const { code, stdout, stderr } = await run(["--json", "-"]);
    assert.equal(code, 1, stderr);
    const { result, failures } = JSON.parse(stdout);
    assert.equal(result, "failed");
    assert.match(failures[0].text, /Error: no list of pictures/);
    // On the terminal it is still one line, with the summary beside the report that took stdout.
    assert.match(stderr, /^labeling\/test: The preview failed\.\n/);
    assert.match(stderr, /\nerror: [^\n]*no list of pictures[^\n]*\n/);
  });

  it("finds a pack from the project's folder where the program is in another one", async () => {
    project.write("Pulumi.yaml", `${pulumiYaml}main: program/index.ts\n`);
    project.write("program/index.ts", project.read("index.ts"));
    const { stdout, stderr } = await run(["--policy-pack", "own/main.mjs"]);
    assert.match(stdout, /\nerror: [^\n]*no list of pictures[^\n]*\n/, stderr);
  });
});
