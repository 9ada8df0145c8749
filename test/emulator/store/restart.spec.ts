import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startEmulator } from "../../../emulator/server.ts";
import { useRawApi } from "../support.ts";

describe("emulator: restart", () => {
  const test = useRawApi();
  const other = useRawApi();

  it("keeps keys, ids and everything stored, on the same data folder", async () => {
    const { id: batchId } = await test.createBatch("kept");
    const item = await test.createItem({ batchId, labels: [{ bbox: [1, 2, 3, 4] }] });
    await test.control("POST", "/annotate", { projectId: test.emulator.projectId });
    const annotation = await test.call("GET", `${test.project}/workItems/${item.id}/annotations`);
    const path = annotation.body.metadata.coco_results_url.split(test.emulator.spaceId)[1].slice(1);
    const coco = await (await fetch(await test.readUrl(path))).text();
    const signedBefore = new URL(await test.readUrl(path));
    const before = (await test.control("GET", "/store")).body;
    const { tenants } = test.emulator;

    await test.restart();

    assert.deepEqual(test.emulator.tenants, tenants);
    assert.deepEqual((await test.control("GET", "/store")).body, before);
    assert.equal(await (await fetch(await test.readUrl(path))).text(), coco);
    signedBefore.port = new URL(test.emulator.origin).port;
    assert.equal(await (await fetch(signedBefore)).text(), coco);
    const { body: batches } = await test.call("GET", `${test.project}/batches`);
    assert.deepEqual(
      batches.items.map(({ completedCount }: { completedCount: number }) => completedCount),
      [0, 1],
    );
    const next = await test.createItem();
    const { items } = await test.listItems();
    assert.deepEqual(
      items.map(({ id }: { id: string }) => id),
      [item.id, next.id],
    );
  });

  it("refuses a data folder that another emulator uses", async () => {
    await assert.rejects(startEmulator({ dataDir: test.dataDir }), /locked/);
    assert.equal((await test.call("GET", `${test.project}/batches`)).status, 200);
  });

  it("opens a data folder from before there were exports", async () => {
    const before = (await test.control("GET", "/store")).body;
    await test.restart(() => {
      const database = new DatabaseSync(join(test.dataDir, "emulator.sqlite"));
      database.exec("DROP TABLE exports");
      database.close();
    });
    assert.deepEqual((await test.control("GET", "/store")).body, before);
    const input = { name: "first", format: "CSV" };
    assert.equal((await test.call("POST", `${test.space}/exports`, input)).status, 201);
  });

  it("gives another data folder other ids and keys", async () => {
    assert.notEqual(other.emulator.apiKey, test.emulator.apiKey);
    assert.notEqual(other.emulator.projectId, test.emulator.projectId);
  });
});
