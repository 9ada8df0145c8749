import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { clientOf, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { readComponent } from "../e2e/templates/component.ts";
import { useEmulator } from "../support/emulator.ts";
import { useRawServer } from "../support/raw-server.ts";
import { main, projectFiles } from "../support/reports.ts";

const program = `
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", { name: "vision-signs-2026-12" });
new aidp.WorkItemSet("signs", {
  batchId: batch,
  manifest: "items.jsonl",
  defaults: { dueInSeconds: 864_000 },
});
`;
const policies = { "asset-host": { enforcementLevel: "mandatory", hosts: ["p.example"] } };
const item = (key: string, host: string) =>
  `${JSON.stringify({ key, assetUrl: `https://${host}/${key}.jpg` })}\n`;

describe("the component for GitLab, on a real engine and with a server for GitLab", function () {
  this.timeout(180_000);
  const test = useEmulator();
  const gitlab = useRawServer();
  let project: UserProject;

  before(async () => {
    project = UserProject.linked({
      ...projectFiles,
      "index.ts": program,
      "policies.json": JSON.stringify(policies),
      "items.jsonl": "",
    });
    const bin = join(project.folder, "node_modules", ".bin");
    mkdirSync(bin);
    symlinkSync(main, join(bin, "aidp"));
    for (const args of [
      ["init", "--quiet"],
      ["add", "items.jsonl"],
    ]) {
      execFileSync("git", args, { cwd: project.folder });
    }
    await project.pulumi(test.emulator, "stack", "init", "test");
    gitlab.answers(({ headers, url }, response) => {
      response.writeHead(headers["private-token"] === "glpat" ? 200 : 401);
      response.end(url === "/user" ? `{"id":42}` : "[]");
    });
  });
  after(() => project.remove());

  /** Runs a job as GitLab does, and says what it wrote there last. */
  const run = async (job: string, env: Record<string, string> = {}) => {
    const inputs = { stack: "test", install: "true", "policy-pack-config": "policies.json" };
    const jobs = readComponent(inputs);
    const { variables, script = [] } = jobs[job]!;
    const { variables: shared, before_script: before = [] } = jobs[".labeling"]!;
    gitlab.received = [];
    const lines = [...before, ...script].join("\n");
    const outcome = await project.run(test.emulator, "bash", ["-eo", "pipefail", "-c", lines], {
      ...shared,
      ...variables,
      ...env,
      CI_API_V4_URL: gitlab.origin,
      CI_PROJECT_DIR: project.folder,
      CI_PROJECT_ID: "12",
      CI_COMMIT_SHA: "0123abc",
      CI_JOB_URL: "https://gitlab.example/jobs/99",
      LABELING_GITLAB_TOKEN: "glpat",
    });
    const { method, url, body = "" } = gitlab.received.at(-1) ?? {};
    return { ...outcome, last: `${method} ${url}`, fields: new URLSearchParams(body) };
  };
  const preview = () => run("labeling-preview", { CI_MERGE_REQUEST_IID: "7", AIDP_API_KEY: "" });
  const findings = (): [string, number, string][] =>
    JSON.parse(project.read("labeling-preview.findings.json")).map(
      ({ check_name, location, severity }: Finding) => [
        `${location.path}: ${check_name}`,
        location.lines.begin,
        severity,
      ],
    );

  it("writes a note about broken rules, and finds the lines of their items", async () => {
    project.write("items.jsonl", item("crossing", "p.example") + item("junction", "q.example"));
    const { code, last, fields } = await preview();
    assert.equal(code, 1);
    assert.equal(last, "POST /projects/12/merge_requests/7/notes");
    const note = fields.get("body") ?? "";
    assert.ok(note.startsWith("<!-- labeling-preview: test -->\n"));
    assert.match(note, /Broken rule \(mandatory, severity \w+, 1\) `ai-data-platform\/asset-host`/);
    assert.match(
      note,
      /\[The page with the pictures\]\(.*\/artifacts\/file\/labeling-preview\.html\)/,
    );
    assert.match(project.read("labeling-preview.html"), /^<!doctype html>/i);
    assert.deepEqual(findings()[0], ["items.jsonl: asset-host", 2, "major"]);
  });

  it("finds the line that a manifest cannot be read at", async () => {
    project.write("items.jsonl", `${item("crossing", "p.example")}{"key":\n`);
    const { code, fields } = await preview();
    assert.equal(code, 1);
    assert.match(fields.get("body") ?? "", /manifest items\.jsonl: line 2: it is not JSON/);
    assert.deepEqual(findings(), [["items.jsonl: Labeling", 2, "major"]]);
  });

  it("applies what rules allow, and opens an issue about what is cancelled behind its back", async () => {
    project.write("items.jsonl", item("crossing", "p.example") + item("junction", "p.example"));
    const up = await run("labeling-up");
    assert.equal(up.code, 0, up.stderr);
    const { workItems } = await storeOf(test.emulator);
    assert.equal(workItems.length, 2);
    assert.match(project.read("labeling-up.md"), /Work items: 2 new/);

    const client = clientOf(test.emulator);
    await client.signals.sendMany(test.emulator.projectId, "cancel", [
      { workItemID: workItems[0]!.id },
    ]);
    const { code, last, fields } = await run("labeling-drift");
    assert.equal(code, 0);
    assert.equal(last, "POST /projects/12/issues");
    assert.equal(fields.get("title"), "Labeling drift in test");
    assert.match(fields.get("description") ?? "", /Work items: 1 cancelled\./);
  });
});

interface Finding {
  check_name: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}
