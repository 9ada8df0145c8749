import assert from "node:assert/strict";
import * as aidp from "pulumi-ai-data-platform";
import { annotate, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { diagnostics, TestStack } from "../support/stack.ts";

describe("a preview on a real engine", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
  });
  after(() => stack.remove());

  it("accepts values that are not known yet, and still judges the others", async () => {
    const message = await stack.failure(
      stack.preview(async () => {
        const batch = new aidp.Batch("batch", { name: "b", metadata: {} });
        new aidp.WorkItem("item", {
          batchId: batch.batchId,
          assetUrl: batch.createdBy.apply((user) => `https://pictures.example/${user}.jpg`),
          metadata: { maker: batch.createdBy },
          labels: [{ bbox: batch.totalCount.apply((count) => [count, 0, 1, 1]) }],
          dueInSeconds: batch.totalCount.apply((count) => count + 60),
          difficulty: 101,
        });
      }),
    );
    assert.match(message, /difficulty must be between 0 and 100, got 101/);
    assert.doesNotMatch(message, /(assetUrl|metadata|labels|dueInSeconds|batchId) must/);
  });

  it("names field, limit and value of every bad input, and nothing is created", async () => {
    const bad = async () => {
      new aidp.Batch("batch", { name: "fine" });
      new aidp.WorkItem("item", {
        assetUrl: "./photos/1.jpg",
        dueInSeconds: 0,
        difficulty: 101,
        taxonomyVersionId: "latest",
        labels: [{ bbox: [1, 2, 3] }],
        ...{ dueInSecond: 60 },
      });
    };
    const message = await stack.failure(stack.preview(bad));
    for (const line of [
      'assetUrl must be a URL or a path in the space, got the local file "./photos/1.jpg": upload it with a SignedUpload',
      "dueInSeconds must be between 1 and 2592000 (30 days), got 0",
      "difficulty must be between 0 and 100, got 101",
      'taxonomyVersionId must be a UUID, got "latest"',
      "labels[0].bbox must be 4 numbers (x, y, width, height in pixels), got [1,2,3]",
      "dueInSecond is not an input of this resource: did you mean dueInSeconds?",
    ]) {
      assert.ok(message.includes(line), `no "${line}" in ${message}`);
    }
    const { batches, workItems } = await storeOf(other.emulator);
    assert.deepEqual([batches.map(({ name }) => name), workItems], [["Default"], []]);
  });

  it("warns when a replacement would lose people's work, and the update refuses it", async () => {
    const program = (difficulty: number, onWorkInProgress?: "cancel") => async () => {
      new aidp.WorkItem("item", {
        assetUrl: "https://p.example/1.jpg",
        difficulty,
        ...(onWorkInProgress && { onWorkInProgress }),
      });
    };
    await stack.up(program(1));
    await annotate(other.emulator);
    await stack.refresh(program(1));

    const { changes, events } = await stack.preview(program(2));
    assert.deepEqual(changes, { same: 1, replace: 1 });
    const [warning = ""] = diagnostics(events, "warning");
    assert.match(
      warning,
      /is COMPLETED: replacing it \(changed: difficulty\) would lose people's work/,
    );

    const message = await stack.failure(stack.up(program(2)));
    assert.match(message, /is COMPLETED: deleting or replacing it would lose people's work/);
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(
      workItems.map(({ status, difficulty }) => [status, difficulty]),
      [["COMPLETED", 1]],
    );

    await stack.up(program(1, "cancel"));
    await stack.up(program(2, "cancel"));
    assert.deepEqual(
      (await storeOf(other.emulator)).workItems.map(({ status, difficulty }) => [
        status,
        difficulty,
      ]),
      [
        ["COMPLETED", 1],
        ["NEW", 2],
      ],
    );
  });
});
