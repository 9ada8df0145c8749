import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { diagnostics, TestStack } from "../support/stack.ts";

describe("adopting what exists, on a real engine", function () {
  this.timeout(180_000);
  const test = useEmulator();
  let stack: TestStack;
  const ids: string[] = [];

  before(async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id: batchId } = await client.batches.create(emulator.projectId, { name: "Signs" });
    for (const name of ["a", "b", "c"]) {
      const input = { assetUrl: `uploads/${name}.png`, assetType: "image", batchId, difficulty: 7 };
      ids.push((await client.workItems.create(emulator.projectId, input)).id);
    }
    stack = await TestStack.create(environmentOf(emulator));
  });
  after(() => stack.remove());

  const items = (names: string[], more: Partial<aidp.WorkItemSetItemArgs> = {}) =>
    Object.fromEntries(names.map((name) => [name, { assetUrl: `uploads/${name}.png`, ...more }]));
  const program =
    (names: string[], difficulty = 9) =>
    async () => {
      const batch = new aidp.Batch("signs", { name: "Signs", adopt: true });
      const declared = { ...items(names), ...items(["b"], { difficulty }) };
      new aidp.WorkItemSet("signs", { batchId: batch, items: declared, adopt: true });
      new aidp.WorkItem("single", { batchId: batch, assetUrl: "uploads/c.png", adopt: true });
    };

  it("says at preview which are adopted, which are made, and which differ; and changes nothing", async () => {
    const before = await storeOf(test.emulator);
    const { events } = await stack.preview(program(["a", "b", "new"]));
    const told = diagnostics(events, "info").join("\n");
    assert.match(told, /adopts the existing batch \d+ "Signs" with 3 work items/);
    assert.match(told, /adopts 2 existing work items, creates 1: "new"/);
    assert.match(told, new RegExp(`adopts 1 existing work item ${ids[2]}, creates none`));
    assert.match(diagnostics(events, "warning").join("\n"), /1 adopted .*: "b" \(difficulty\)/);
    assert.deepEqual(await storeOf(test.emulator), before);
  });

  it("adopts what it said, once", async () => {
    const { stdout } = await stack.up(program(["a", "b", "new"]));
    assert.match(stdout, /2 adopted, 1 created/);
    const { workItems } = await storeOf(test.emulator);
    assert.deepEqual(
      workItems.map(({ status }) => status),
      ["NEW", "NEW", "NEW", "NEW"],
    );
    const { outputs } = stack.resource("single");
    assert.equal(outputs.workItemId, ids[2]);
  });

  it("is settled then: nothing changes, nothing is asked, nothing is drift", async () => {
    await resetRequests(test.emulator);
    const { changes } = await stack.up(program(["a", "b", "new"]));
    assert.deepEqual(changes, { same: 4 });
    assert.equal((await requests(test.emulator)).total, 0);
    const { changes: drift } = await stack.up(program(["a", "b", "new"]), { refresh: true });
    assert.deepEqual(drift, { same: 4 });
  });

  it("takes the declaration's becoming what is there for no replacement", async () => {
    await resetRequests(test.emulator);
    await stack.up(program(["a", "b", "new"], 7));
    const { signalWorkItems, createWorkItem } = (await requests(test.emulator)).requests;
    assert.deepEqual([signalWorkItems, createWorkItem], [undefined, undefined]);
  });

  it("adopts what a dataset made, after the state was lost", async () => {
    const folder = join(stack.folder, "photos");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.jpg"), "a");
    const dataset = async () => {
      const findings = { broken: "ignore" } as const;
      new aidp.Dataset("photos", { batchName: "Photos", folder, findings, adopt: true });
    };
    const before = stack.stateText();
    const first = await stack.up(dataset);
    const { workItems } = await storeOf(test.emulator);
    assert.equal(workItems.length, 5, first.stdout);
    stack.writeState(before);
    const { stdout } = await stack.up(dataset);
    assert.match(stdout, /adopts 1 existing work item/);
    assert.deepEqual((await storeOf(test.emulator)).workItems, workItems);
  });

  it("previews where the platform cannot be reached", async () => {
    stack.setEnvironment({ AIDP_BASE_URL: "http://127.0.0.1:9" });
    const { events } = await stack.preview(program(["a", "b", "new", "another"], 7));
    const warned = diagnostics(events, "warning").join("\n");
    assert.match(warned, /what is adopted cannot be told yet: .*GET \/projects/);
  });
});
