import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { storeOf, useEmulator } from "../support/emulator.ts";
import { environmentOf, TestStack } from "../support/stack.ts";

/** What a state had before these properties came; what a release adds is to be listed here. */
const newerProperties = ["__urn", "deadline", "updatedAt", "totalCount", "completedCount", "size"];

describe("a stack whose state an older release wrote", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
    writeFileSync(join(stack.folder, "photo.jpg"), "bytes");
  });
  after(() => stack.remove());

  const program = (difficulty: number, owner: string) => async () => {
    const batch = new aidp.Batch("batch", { name: "old", metadata: { owner } });
    const upload = new aidp.SignedUpload("photo", { source: "photo.jpg" });
    new aidp.WorkItem("item", {
      batchId: batch.batchId,
      assetUrl: upload,
      difficulty,
      labels: [{ bbox: [1, 2, 3, 4] }],
    });
  };

  async function makeOlder(): Promise<void> {
    const state = await stack.exportState();
    const { resources } = state.deployment as {
      resources: Record<string, Record<string, unknown>>[];
    };
    for (const { inputs, outputs } of resources) {
      for (const property of newerProperties) {
        delete inputs?.[property];
        delete outputs?.[property];
      }
    }
    await stack.importState(state);
  }

  it("changes nothing by itself", async () => {
    await stack.up(program(1, "a"));
    await makeOlder();
    assert.deepEqual((await stack.preview(program(1, "a"))).changes, { same: 4 });
    assert.deepEqual((await stack.up(program(1, "a"))).changes, { same: 4 });
  });

  it("is refreshed, updated, replaced and destroyed by today's code", async () => {
    await makeOlder();
    await stack.refresh(program(1, "a"));
    assert.equal(stack.resource("batch").outputs.totalCount, 1);
    await makeOlder();
    assert.deepEqual((await stack.up(program(2, "b"))).changes, { same: 2, update: 1, replace: 1 });
    await makeOlder();
    await stack.destroy();
    const { workItems, batches } = await storeOf(other.emulator);
    assert.deepEqual(
      workItems.map(({ status, difficulty }) => [status, difficulty]),
      [
        ["FAILED", 1],
        ["FAILED", 2],
      ],
    );
    assert.equal(batches.find(({ name }) => name === "old")?.metadata?.owner, "b");
  });
});
