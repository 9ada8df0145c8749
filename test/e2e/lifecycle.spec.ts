import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { clientOf, requests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";
import { unmarked } from "../support/unmarked.ts";

const day = 24 * 60 * 60;
const picture = join(projectRoot, "examples", "quickstart", "photos", "coins.png");

/** What the program declares; each step changes some of it. */
const declared = {
  batchName: "street-signs-2026-12",
  batchMetadata: { owner: "vision" } as Record<string, unknown>,
  difficulty: 20,
  bbox: [1, 2, 30, 40],
  items: ["left", "right"],
};

describe("a stack on a real engine", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
    copyFileSync(picture, join(stack.folder, "sign.png"));
  });
  after(() => stack.remove());

  const program = async () => {
    const batch = new aidp.Batch("signs", {
      name: declared.batchName,
      metadata: declared.batchMetadata,
    });
    const upload = new aidp.SignedUpload("sign", { source: "sign.png" });
    for (const name of declared.items) {
      new aidp.WorkItem(name, {
        batchId: batch.id,
        assetUrl: upload,
        dueInSeconds: 7 * day,
        difficulty: declared.difficulty,
        metadata: { side: name },
        labels: [{ bbox: declared.bbox, metadata: { category: "sign" } }],
      });
    }
    return { batchId: batch.batchId };
  };

  /** The platform's own view of what the program declares. */
  async function liveItems() {
    const { workItems } = await storeOf(other.emulator);
    return workItems.filter(({ status }) => status !== "FAILED");
  }

  it("previews and creates exactly what is declared", async () => {
    const preview = await stack.preview(program);
    assert.deepEqual(preview.changes, { create: 5 });
    assert.deepEqual((await storeOf(other.emulator)).workItems, [], "a preview creates nothing");

    const { changes, outputs } = await stack.up(program);
    assert.deepEqual(changes, { create: 5 });

    const { batches, workItems, files } = await storeOf(other.emulator);
    const batch = batches.find(({ name }) => name === declared.batchName);
    assert.deepEqual(unmarked(batch), { owner: "vision" });
    assert.equal(outputs.batchId, String(batch?.id));
    assert.equal(files.length, 1);
    assert.equal(files[0]?.contentType, "image/png");
    assert.equal(workItems.length, 2);
    for (const item of workItems) {
      assert.equal(item.batchId, batch?.id);
      assert.equal(item.assetUrl, files[0]?.path);
      assert.equal(item.dueInSeconds, 7 * day);
      assert.equal(item.difficulty, 20);
      assert.deepEqual(item.labels, [{ bbox: [1, 2, 30, 40], metadata: { category: "sign" } }]);
    }
    assert.deepEqual(workItems.map(({ metadata }) => metadata?.side).sort(), ["left", "right"]);
  });

  it("changes nothing when nothing changed", async () => {
    const before = await requests(other.emulator);
    assert.deepEqual((await stack.up(program)).changes, { same: 5 });
    assert.deepEqual(await requests(other.emulator), before, "and asks the platform for nothing");
  });

  it("refreshes without a difference", async () => {
    assert.deepEqual((await stack.refresh(program)).changes, { same: 5 });
  });

  it("updates in place what the platform can change", async () => {
    const ids = (await liveItems()).map(({ id }) => id);
    declared.batchName = "street-signs-2027-01";
    declared.batchMetadata = { owner: "vision", cost: { center: 7 } };
    declared.bbox = [5, 6, 7, 8];

    const { changes, stdout } = await stack.preview(program);
    assert.deepEqual(changes, { same: 2, update: 3 });
    assert.match(stdout, /street-signs-2026-12" => "street-signs-2027-01/);
    assert.deepEqual((await stack.up(program)).changes, { same: 2, update: 3 });

    const { batches } = await storeOf(other.emulator);
    const batch = batches.find(({ name }) => name === "street-signs-2027-01");
    assert.deepEqual(unmarked(batch), { owner: "vision", cost: { center: 7 } });
    const items = await liveItems();
    assert.deepEqual(
      items.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(items[0]?.labels?.[0]?.bbox, [5, 6, 7, 8]);
  });

  it("replaces what the platform cannot change: the old one is cancelled, one new is made", async () => {
    const old = (await liveItems()).map(({ id }) => id);
    declared.difficulty = 90;
    assert.deepEqual((await stack.up(program)).changes, { same: 3, replace: 2 });

    const items = await liveItems();
    assert.equal(items.length, 2);
    assert.ok(items.every(({ id, difficulty }) => !old.includes(id) && difficulty === 90));
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(
      old.map((id) => workItems.find((item) => item.id === id)?.status),
      ["FAILED", "FAILED"],
    );
  });

  it("uploads a changed file anew, and replaces the items that show it", async () => {
    const [file] = (await storeOf(other.emulator)).files;
    appendFileSync(join(stack.folder, "sign.png"), "a larger one");
    const { changes, stdout } = await stack.preview(program);
    assert.deepEqual(changes, { same: 2, update: 1, replace: 2 });
    assert.match(stdout, /~ sha256/);
    await stack.up(program);

    const { files } = await storeOf(other.emulator);
    assert.equal(files.length, 2);
    const fresh = files.find(({ path }) => path !== file?.path);
    assert.equal(fresh?.size, statSync(picture).size + "a larger one".length);
    assert.ok((await liveItems()).every(({ assetUrl }) => assetUrl === fresh?.path));
  });

  it("finds what was changed behind its back, and puts it right", async () => {
    const client = clientOf(other.emulator);
    const { batchId } = stack.resource("signs").outputs;
    const { workItemId } = stack.resource("left").outputs;
    const { projectId } = other.emulator;
    await client.batches.update(projectId, String(batchId), { name: "renamed by hand" });
    await client.workItems.setLabels(projectId, String(workItemId), []);

    const refresh = await stack.refresh(program);
    assert.deepEqual(refresh.changes, { same: 3, update: 2 });
    assert.equal(stack.resource("signs").outputs.name, "renamed by hand");
    const { changes, stdout } = await stack.preview(program);
    assert.deepEqual(changes, { same: 3, update: 2 });
    assert.match(stdout, /"renamed by hand" => "street-signs-2027-01"/);
    await stack.up(program);

    const { batches } = await storeOf(other.emulator);
    assert.equal(batches.find(({ id }) => String(id) === batchId)?.name, "street-signs-2027-01");
    const left = (await liveItems()).find(({ id }) => id === workItemId);
    assert.deepEqual(left?.labels?.[0]?.bbox, [5, 6, 7, 8]);
  });

  it("cancels a work item that is no longer declared", async () => {
    const { workItemId } = stack.resource("right").outputs;
    declared.items = ["left"];
    assert.deepEqual((await stack.up(program)).changes, { same: 4, delete: 1 });
    const { workItems } = await storeOf(other.emulator);
    assert.equal(workItems.find(({ id }) => id === workItemId)?.status, "FAILED");
    assert.equal((await liveItems()).length, 1);
  });

  it("destroys: items are cancelled, batch and files stay; and a second up takes the batch again", async () => {
    const { batchId } = stack.resource("signs").outputs;
    await stack.destroy();
    assert.deepEqual(stack.resources(), []);
    assert.deepEqual(await liveItems(), []);

    declared.items = ["left", "right"];
    assert.deepEqual((await stack.up(program)).changes, { create: 5 });
    const { batches } = await storeOf(other.emulator);
    const named = batches.filter(({ name }) => name === "street-signs-2027-01");
    assert.deepEqual(
      named.map((batch) => [String(batch.id), unmarked(batch)]),
      [[batchId, declared.batchMetadata]],
    );
    assert.equal((await liveItems()).length, 2);
    assert.deepEqual((await stack.preview(program)).changes, { same: 5 });
  });

  it("adopts the batch of another stack, and gives it back", async () => {
    const { id, outputs } = stack.resource("signs");
    const markOf = async () =>
      (await storeOf(other.emulator)).batches.find((each) => id.endsWith(`/${each.id}`))?.metadata;
    const before = await markOf();
    const adopter = await TestStack.create(environmentOf(other.emulator), "adopter");
    try {
      await adopter.up(async () => {
        new aidp.Batch("mine", { name: String(outputs.name), adopt: true });
      });
      assert.equal(adopter.resource("mine").id, id);
      assert.match(String((await markOf())?.pulumiUrn), /urn:pulumi:adopter::/);
      await adopter.destroy();
      assert.deepEqual(await markOf(), before);
    } finally {
      adopter.remove();
    }
  });

  it("reads an existing batch, work item and upload without managing them", async () => {
    const ids = Object.fromEntries(
      ["signs", "left", "sign"].map((name) => [name, stack.resource(name).id]),
    );
    const reader = await TestStack.create(environmentOf(other.emulator), "reader");
    try {
      const { outputs } = await reader.up(async () => {
        const batch = aidp.Batch.get("batch", ids.signs!);
        const item = aidp.WorkItem.get("item", ids.left!);
        const upload = aidp.SignedUpload.get("upload", ids.sign!);
        return {
          name: batch.name,
          totalCount: batch.totalCount,
          metadata: batch.metadata,
          difficulty: item.difficulty,
          status: item.status,
          path: upload.path,
        };
      });
      assert.deepEqual(outputs, {
        name: "street-signs-2027-01",
        totalCount: (await storeOf(other.emulator)).workItems.length,
        metadata: declared.batchMetadata,
        difficulty: 90,
        status: "NEW",
        path: stack.resource("sign").outputs.path,
      });
      await reader.destroy();
      assert.equal((await liveItems()).length, 2, "destroying a reader ends nothing");
    } finally {
      reader.remove();
    }
  });
});
