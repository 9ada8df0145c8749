import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { main, projectFiles } from "../support/reports.ts";

describe("reports that cannot be made, on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator();
  let project: UserProject;
  const run = (args: string[], env: Record<string, string> = {}) =>
    project.run(other.emulator, process.execPath, [main, "preview", "-s", "test", ...args], env);

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
  ] as const) {
    it(`says in one line what is wrong with ${title}`, async () => {
      const { code, stdout, stderr } = await run([...args], env);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, expected);
      assert.match(stderr, /^error: [^\n]*\n$/);
    });
  }

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
});
