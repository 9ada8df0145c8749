import assert from "node:assert/strict";
import * as aidp from "pulumi-ai-data-platform";
import { changeSettings, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { projectFiles } from "../support/reports.ts";
import { settingsOf } from "../support/settings.ts";
import { TestStack } from "../support/stack.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";

const batch = new aidp.Batch("batch", { name: "signs" });
const item = new aidp.WorkItem("item", { assetUrl: "https://p.example/1.jpg", batchId: batch.id });
class Group extends pulumi.ComponentResource {
  constructor(name) {
    super("test:Group", name);
    new aidp.WorkItem("child", { assetUrl: "https://p.example/2.jpg" }, { parent: this });
  }
}

// The name is known at preview, although no such batch exists then.
export const batchId = aidp.getBatchOutput({ name: batch.name }).batchId;
export const totalCount = aidp.getBatchOutput({ name: "signs" }, { dependsOn: item }).totalCount;
export const status = aidp.getWorkItemOutput({ workItemId: item.workItemId }).status;
const inBatch = aidp.getWorkItemsOutput({ batchIds: [batch.batchId] }, { dependsOn: item });
export const countInBatch = inBatch.workItems.length;
const inGroup = aidp.getBatchOutput({ name: "Default" }, { dependsOn: [new Group("group")] });
export const countInGroup = inGroup.totalCount;
export const project = (await aidp.getProject()).name;

const { signedUrls } = aidp.getSignedUrlsOutput({ paths: ["uploads/a"] });
export const url = signedUrls[0].signedUrl;
new aidp.Batch("keeper", { name: "keeper", metadata: { url } });
`;

describe("functions in a program on a real engine", function () {
  this.timeout(300_000);
  const other = useEmulator();
  let user: UserProject;

  before(async () => {
    user = UserProject.linked({ ...projectFiles, "index.ts": program });
    await user.pulumi(other.emulator, "stack", "init", "test");
    const { apiKey } = other.emulator;
    await user.pulumi(other.emulator, "config", "set", "--secret", "aidp:apiKey", apiKey);
  });
  beforeEach(() => resetRequests(other.emulator));
  after(() => user.remove());

  /** Without the key in the environment: the stack's own must do. */
  const pulumi = (...args: string[]) =>
    user.run(other.emulator, "pulumi", [...args, "--non-interactive"], { AIDP_API_KEY: "" });

  it("asks at preview what can be known, and nothing about what does not exist yet", async () => {
    const { code, stdout } = await pulumi("preview");
    assert.equal(code, 0, stdout);
    for (const output of ["totalCount", "batchId", "status", "countInBatch", "countInGroup"]) {
      assert.match(stdout, new RegExp(`^ +${output} *: \\[unknown\\]$`, "m"));
    }
    assert.match(stdout, /^ +project *: "Vehicles"$/m);
    const counted = await requests(other.emulator);
    assert.deepEqual(counted.requests, { getProject: 1, createReadUrls: 1 });
  });

  it("answers at the update, once everything that it waits for exists", async () => {
    const { code, stdout } = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(code, 0, stdout);
    const outputs = JSON.parse((await pulumi("stack", "output", "--json")).stdout);
    const { batches } = await storeOf(other.emulator);
    assert.deepEqual(outputs, {
      totalCount: 1,
      batchId: String(batches.find(({ name }) => name === "signs")?.id),
      status: "NEW",
      countInBatch: 1,
      countInGroup: 1,
      project: "Vehicles",
      url: "[secret]",
    });
  });

  it("asks again at the next preview, now about what exists", async () => {
    const { code, stdout } = await pulumi("preview");
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /unknown/);
    const counted = (await requests(other.emulator)).requests;
    assert.deepEqual([counted.listBatches, counted.listWorkItems], [3, 2]);
  });

  it("leaves neither the key nor a signed URL in the state", async () => {
    const state = user.read("state/.pulumi/stacks/labeling/test.json");
    const url = (await pulumi("stack", "output", "url", "--show-secrets")).stdout.trim();
    const { batches } = await storeOf(other.emulator);
    assert.equal(batches.find(({ name }) => name === "keeper")?.metadata.url, url);
    const { search, searchParams } = new URL(url);
    const signature = searchParams.get("signature") ?? "";
    assert.notEqual(signature, "");
    for (const secret of [other.emulator.apiKey, search, signature]) {
      assert.ok(!state.includes(secret), "a secret is in the state");
    }
  });

  const failing: [string, string][] = [
    ["is awaited", 'await aidp.getBatch({ name: "sings" });'],
    ["is not awaited", 'aidp.getBatch({ name: "sings" });'],
    ["is an output", 'export const found = aidp.getBatchOutput({ name: "sings" });'],
    [
      "is an input of a resource",
      'new aidp.Batch("late", { name: aidp.getBatchOutput({ name: "sings" }).name });',
    ],
  ];
  for (const [how, text] of failing) {
    it(`fails in one line where the answer ${how}`, async () => {
      user.write("index.ts", `import * as aidp from "pulumi-ai-data-platform";\n${text}\n`);
      const { code, stdout } = await pulumi("preview");
      assert.notEqual(code, 0);
      const diagnostics = stdout.slice(
        stdout.indexOf("Diagnostics:"),
        stdout.indexOf("Resources:"),
      );
      assert.match(
        diagnostics,
        /error: .*getBatch: name "sings" is not one of the \d+ batches of project \S+; the closest: "/,
      );
      assert.equal(diagnostics.trim().split("\n").length, 3, diagnostics);
    });
  }
});

describe("functions in a program of the Automation API", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
    for (const [key, value] of Object.entries(settingsOf(other.emulator))) {
      await stack.setConfig(key, value, key === "aidp:apiKey");
    }
  });
  after(() => stack.remove());

  it("are waited for, also where the program does not", async () => {
    await changeSettings(other.emulator, { latencyMs: 500 });
    await stack.up(async () => {
      void aidp.getProject().then(({ name }) => new aidp.Batch("late", { name }));
    });
    const { batches } = await storeOf(other.emulator);
    assert.deepEqual(
      batches.map(({ name }) => name),
      ["Default", "Vehicles"],
    );
    assert.ok(!stack.stateText().includes(other.emulator.apiKey));
  });
});
