import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addFault, annotate, clearFaults, faultHits } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { main, projectFiles } from "../support/reports.ts";
import { isAll } from "../support/tier.ts";

const secretValue = "metadata-nobody-may-see";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const metadata = { owner: pulumi.secret("${secretValue}") };
const batch = new aidp.Batch("batch", { name: "secrets-2026-12", metadata });
const upload = new aidp.SignedUpload("photo", { source: "photos/a.txt" });
const uploads = new aidp.UploadSet("photos", { folder: "photos" });
const item = new aidp.WorkItem("item", { batchId: batch.id, assetUrl: upload.path, metadata });
const set = new aidp.WorkItemSet("set", {
  batchId: batch.batchId,
  uploads: uploads.paths,
  items: { a: { file: "a.txt", metadata }, b: { file: "b.txt" } },
});
new aidp.WorkItemSet("by-default", { batchId: batch.batchId, items: { a: { assetUrl: "c" } }, defaults: { metadata } });
new aidp.WorkItemSet("listed", { batchId: batch.batchId, manifest: "items.jsonl", defaults: { metadata } });
new aidp.WorkItemSet("later", {
  batchId: batch.batchId,
  items: uploads.paths.apply((paths) => ({ a: { assetUrl: paths["a.txt"] } })),
  defaults: { metadata },
});
new aidp.Export("export", { name: "all", format: "JSON", path: "out/export.json" }, { dependsOn: [item, set] });
`;

/** With a change to each resource that has the metadata. */
const changed = (more: number) =>
  program.replace("const metadata = {", `const metadata = { more: ${more},`);

describe("secrets, on a real engine", function () {
  this.timeout(240_000);
  const test = useEmulator();
  let project: UserProject;

  before(async () => {
    const items = '{"key":"a","assetUrl":"d"}\n';
    const photos = { "photos/a.txt": "one", "photos/b.txt": "two" };
    const files = { "index.ts": program, "items.jsonl": items, ...photos };
    project = UserProject.linked({ ...projectFiles, ...files });
    await project.pulumi(test.emulator, "stack", "init", "test");
    const { apiKey } = test.emulator;
    await project.pulumi(test.emulator, "config", "set", "--secret", "aidp:apiKey", apiKey);
  });
  after(() => project.remove());

  /** Runs a command whose key comes from the stack's settings, not from the environment. */
  const run = (file: string, ...args: string[]) =>
    project.run(test.emulator, file, args, { AIDP_API_KEY: "" });
  const pulumi = (...args: string[]) =>
    run("pulumi", ...args, "--non-interactive", "--stack", "test");

  function assertNoSecret(what: string, text: string): void {
    for (const secret of [test.emulator.apiKey, secretValue, "signature="]) {
      const at = text.indexOf(secret);
      assert.ok(
        at < 0,
        `${secret} is in ${what}: …${text.slice(Math.max(0, at - 300), at + 100)}…`,
      );
    }
  }

  /** Every file that the engine and we have left in the project, but for the program itself. */
  function assertNoSecretOnDisk(): void {
    const names = readdirSync(project.folder, { recursive: true, withFileTypes: true });
    for (const entry of names) {
      const name = join(entry.parentPath, entry.name);
      if (entry.isFile() && entry.name !== "index.ts" && !name.includes("node_modules")) {
        assertNoSecret(name, readFileSync(name, "utf8"));
      }
    }
  }

  it("are in no output, state or log of ours, also at -v=9", async () => {
    const { code, stdout, stderr } = await pulumi("up", "--yes", "-v=9", "--logtostderr");
    assert.equal(code, 0, stdout);
    assertNoSecret("the output", stdout);
    // At that level, the engine writes down whatever it is sent and sends. These lines are its own.
    const ofEngine =
      /"msg":"((Unm|M)arshaling property for RPC|RegisterResource RPC finished|eventSink::Debug\()/;
    const ofOthers = stderr.split("\n").filter((line) => !ofEngine.test(line));
    assert.ok(ofOthers.length > 100, "there is a log");
    assertNoSecret("the log", ofOthers.join("\n"));
    assert.doesNotMatch(stderr, /signature=/);
    assertNoSecretOnDisk();
  });

  it("are in no error and no stack, though the platform repeats the key", async () => {
    const { apiKey, origin } = test.emulator;
    const body = `no ${apiKey} for ${origin}/_files/a?expires=1&signature=abc`;
    // The others are met in `npm run test:all`.
    const most = ["putFile"];
    const all = [
      ["updateBatch", "up"],
      ["createWorkItem", "up"],
      ["putFile", "up"],
      ["getFile", "refresh"],
      ["listBatches", "refresh"],
      ["signalWorkItems", "destroy"],
    ] as const;
    const failing = all.filter(([operation]) => isAll || most.includes(operation));
    for (const [index, [operation, command]] of failing.entries()) {
      // An update that failed may have left nothing to cancel.
      if (command === "destroy") {
        await pulumi("up", "--yes", "--skip-preview");
      }
      await addFault(test.emulator, { operation, status: 400, body, times: 0 });
      project.write("index.ts", changed(index));
      project.write("photos/b.txt", operation);
      const { code, stdout, stderr } = await pulumi(command, "--yes", "--skip-preview");
      const [hits] = await faultHits(test.emulator);
      await clearFaults(test.emulator);
      assert.notEqual(code, 0, `${operation}: ${stdout}`);
      assert.notEqual(hits, 0, `${operation} is never asked for`);
      assert.match(stdout, /answered 400/);
      assertNoSecret(operation, stdout + stderr);
    }
    assertNoSecretOnDisk();
  });

  it("are in nothing that the command aidp prints or writes", async () => {
    await pulumi("up", "--yes", "--skip-preview");
    await annotate(test.emulator);
    project.write("index.ts", program);
    const reports = ["--json", "out/r.json", "--markdown", "out/r.md", "--html", "out/r.html"];
    for (const args of [
      ["preview", ...reports],
      ["drift", ...reports],
      ["status", "--json"],
      ["doctor"],
      ["results", "--batch", "secrets-2026-12", "--out", "out/results"],
    ]) {
      const answer = await run(process.execPath, main, ...args, "--stack", "test");
      const { stdout, stderr } = answer;
      assert.notEqual(answer.code, 1, stdout + stderr);
      assertNoSecret(args[0]!, stdout + stderr);
    }
    assertNoSecretOnDisk();
  });
});
