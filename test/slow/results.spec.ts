import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { annotate, clientOf, requests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

describe("results on a real engine", function () {
  this.timeout(180_000);
  const other = useEmulator();
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
  });
  after(() => stack.remove());

  const box = { bbox: [1, 2, 30, 40], metadata: { category: "sign" } };
  const program = async () => {
    const batch = new aidp.Batch("signs", { name: "signs" });
    const items = new aidp.WorkItemSet("signs", {
      batchId: batch.batchId,
      onWorkInProgress: "cancel",
      items: {
        left: { assetUrl: "uploads/left.png", labels: [box] },
        right: { assetUrl: "uploads/right.png", labels: [box, box] },
      },
    });
    const all = new aidp.AnnotationExport("all", { batchId: batch.id, path: "out/all.json" });
    new aidp.AnnotationExport("of-set", { workItemIds: items.ids, path: "out/set.json" });
    return { count: all.annotationCount, categories: all.categories };
  };

  const merged = (name: string) =>
    JSON.parse(readFileSync(join(stack.folder, "out", name), "utf8"));
  const keys = (name: string) => merged(name).images.map(({ key }: { key: string }) => key);

  async function finish(side: string): Promise<void> {
    const { workItems } = await storeOf(other.emulator);
    const item = workItems.find(({ assetUrl }) => assetUrl === `uploads/${side}.png`);
    await annotate(other.emulator, { workItemIDs: [item!.id] });
  }

  it("are a file without anything while nothing is finished", async () => {
    const { changes, outputs } = await stack.up(program);
    assert.deepEqual(changes, { create: 5 });
    assert.equal(outputs.count, 0);
    assert.deepEqual([keys("all.json"), keys("set.json")], [[], []]);
  });

  it("are not asked for by an update whose inputs are the same", async () => {
    await finish("left");
    const before = await requests(other.emulator);
    assert.deepEqual((await stack.up(program)).changes, { same: 5 });
    assert.deepEqual(await requests(other.emulator), before);
  });

  it("that are new are found by a refresh, shown by a preview, and written by an update", async () => {
    await stack.refresh(program);
    const { changes, stdout } = await stack.preview(program);
    assert.deepEqual(changes, { same: 3, update: 2 });
    assert.match(
      stdout,
      /contents *: "older results: 1 of 1 finished work items are new or changed" => "all finished work items"/,
    );
    const { outputs, changes: done } = await stack.up(program);
    assert.deepEqual(done, { same: 3, update: 2 });
    assert.deepEqual([outputs.count, outputs.categories], [1, ["sign"]]);
    assert.deepEqual([keys("all.json"), keys("set.json")], [["left"], ["left"]]);
    assert.deepEqual((await stack.up(program, { refresh: true })).changes, { same: 5 });
  });

  it("come with the same command where it refreshes first", async () => {
    await finish("right");
    rmSync(join(stack.folder, "out/set.json"));
    assert.deepEqual((await stack.up(program, { refresh: true })).changes, { same: 3, update: 2 });
    assert.deepEqual(
      [keys("all.json"), keys("set.json")],
      [
        ["left", "right"],
        ["left", "right"],
      ],
    );
    assert.equal(merged("all.json").annotations.length, 3);
  });

  it("are exported by the platform too, and no signed URL is in the state", async () => {
    const exporting = async () => {
      await program();
      new aidp.Export("zip", { name: "nightly", format: "COCO_JSON", path: "out/export.json" });
    };
    assert.deepEqual((await stack.up(exporting)).changes, { same: 5, create: 1 });
    assert.equal(merged("export.json").annotations.length, 3);
    assert.deepEqual((await stack.up(exporting, { refresh: true })).changes, { same: 6 });
    assert.doesNotMatch(stack.stateText(), /signature|downloadUrl/i);
  });

  it("are kept when the stack is destroyed, but for the platform's export", async () => {
    const { stdout } = await stack.destroy();
    assert.match(stdout, /out\/all\.json is kept/);
    assert.ok(existsSync(join(stack.folder, "out/all.json")));
    const exports = clientOf(other.emulator).exports.list(other.emulator.spaceId);
    assert.deepEqual(await Array.fromAsync(exports), []);
  });
});
