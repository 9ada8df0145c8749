import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../emulator/server.ts";
import { storeOf } from "../../harness/emulator.ts";
import { installed, UserProject } from "../../harness/user-project.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";

const guide = readFileSync(join(projectRoot, "docs/first-project.md"), "utf8");

/** What a reader does with each block: runs it, or writes the file that its first line names. */
function scriptOf(emulator: Emulator): string {
  const printed = (["url", "apiKey", "spaceId", "projectId"] as const).map(
    (name) => `echo '${name}=${emulator[name]}'`,
  );
  return [...guide.matchAll(/^```(sh|ts|yaml)\n(?:(?:\/\/|#) (\S+)\n)?(.*?)^```$/gms)]
    .map(([, , file, text = ""]) =>
      file === undefined ? text : `cat > ${file} <<'END-OF-FILE'\n${text}END-OF-FILE\n`,
    )
    .join("")
    .replace(/^npm install .*\.tgz\b.*$/m, "mv ../node_modules .")
    .replace(/^npx aidp emulator .* \|/m, `(${printed.join("; ")}) |`);
}

describe("the guide to a first project", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let project: UserProject;

  before(async () => {
    project = await UserProject.create({ "package.json": "{}" }, [installed("@pulumi/pulumi")]);
  });
  after(() => project.remove());

  it("can be followed from the first command to the last", async () => {
    // Only what the guide sets is set, and each command that fails says so.
    const start = `unset \${!AIDP_@} PULUMI_BACKEND_URL; trap 'echo "failed with exit code $?"' ERR`;
    const script = `${start}\n${scriptOf(other.emulator)}`;
    const { stdout, stderr } = await project.run(other.emulator, "bash", ["-c", script]);

    const codes = [...stdout.matchAll(/^failed with exit code (\d+)$/gm)].map(([, code]) => code);
    const said = [...guide.matchAll(/# (?:exit code (\d+)|refused)/g)];
    // How a refused `pulumi up` ends differs from one release of the CLI to another.
    const expected = said.map(([, code], index) => code ?? codes[index] ?? "none");
    assert.deepEqual(codes, expected, stdout + stderr);
    assert.match(stdout, /^\{"COMPLETED":4\}$/m);
    assert.match(stdout, /^signs\/dev: Work items: 1 new\./m);
    assert.match(stdout, /removing or replacing it would lose people's work/);
    assert.match(stdout, /^ {4}- 5 deleted$/m);
    assert.match(project.read("signs/report.md"), /^## Labeling preview: `signs\/dev`$/m);

    const { images } = JSON.parse(project.read("signs/results/annotations.coco.json"));
    assert.equal(images.length, 4);

    const { batches, workItems } = await storeOf(other.emulator);
    assert.ok(batches.some(({ name }) => name === "vision-signs-2026-12"));
    assert.deepEqual(
      workItems.map(({ status, dueInSeconds }) => [status, dueInSeconds]),
      Array(4).fill(["COMPLETED", 604_800]),
    );
  });
});
