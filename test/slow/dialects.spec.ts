import assert from "node:assert/strict";
import * as aidp from "pulumi-ai-data-platform";
import { changeSettings, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

const tried = [
  "data-envelope",
  "changes-204",
  "created-id-only",
  "asset-signed-url",
  "metadata-as-text",
  "metadata-more",
  "due-left",
  "due-moment",
  "filled-in",
  "labels-with-ids",
  "labels-reordered",
  "labels-without-metadata",
  "batch-metadata-more",
  "names-folded",
  "newest-first",
];

describe("a stack on a service that answers otherwise", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(test.emulator));
  });
  after(() => stack.remove());
  afterEach(() => changeSettings(test.emulator, { dialects: [], clockAheadMs: 0 }));

  for (const name of tried) {
    it(`${name}: an update and a refresh later nothing is to be done, and all goes at the end`, async () => {
      await changeSettings(test.emulator, { dialects: [name] });
      const program = async () => {
        const metadata = { owner: "data team", row: 3, none: null };
        const batch = new aidp.Batch("batch", { name: `Signs ${name}`, metadata });
        const labels = [
          { bbox: [1.25, 2.125, 30, 40], metadata: { category: "sign" } },
          { bbox: [100.5, 2, 30, 40], metadata: { category: "light" } },
        ];
        const item = { assetUrl: `uploads/${name}.png`, metadata, labels, dueInSeconds: 86_400 };
        new aidp.WorkItem("one", { batchId: batch, ...item });
        const items = {
          a: { ...item, assetUrl: "uploads/a.png" },
          b: { assetUrl: "uploads/b.png" },
        };
        new aidp.WorkItemSet("set", { batchId: batch, items });
      };
      await stack.up(program);
      const before = (await storeOf(test.emulator)).workItems;
      await changeSettings(test.emulator, { clockAheadMs: 900_000 });
      const again = await stack.preview(program);
      assert.deepEqual(Object.keys(again.changes), ["same"]);
      await stack.refresh(program);
      const { changes } = await stack.preview(program);
      assert.deepEqual(Object.keys(changes), ["same"]);
      assert.deepEqual((await storeOf(test.emulator)).workItems, before);
      await stack.destroy();
      const left = (await storeOf(test.emulator)).workItems;
      assert.deepEqual([...new Set(left.map(({ status }) => status))], ["FAILED"]);
    });
  }
});
