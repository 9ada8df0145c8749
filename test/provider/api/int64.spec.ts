import assert from "node:assert/strict";
import { Client } from "../../../provider/api/client.ts";
import { parseJson } from "../../../provider/api/int64.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { useEmulator } from "../../support/emulator.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";

// One more than what a JavaScript number can tell from its neighbours, and the largest int64.
const ids = ["9007199254740993", "9223372036854775807"];

describe("provider: int64 ids", () => {
  const server = useRawServer();
  const client = () => new Client({ apiKey: "key", baseUrl: server.origin });

  for (const id of ids) {
    it(`keeps the batch id ${id}, and sends it back in path, query and body`, async () => {
      server.answersJson(`{"id":${id},"name":"large"}`, 201);
      assert.equal((await client().batches.create("p", { name: "large" })).id, id);
      await client().batches.update("p", id, { name: "renamed" });
      assert.equal(server.received[1]?.url, `/projects/p/batches/${id}`);

      server.answersJson(`{"items":[]}`);
      await Array.fromAsync(client().workItems.list("p", { batchIds: [id] }));
      assert.equal(server.received[0]?.url, `/projects/p/workItems?limit=100&batchIds=${id}`);

      server.answersJson(`{"id":"i","status":"NEW","batchId":${id},"assetId":${id}}`, 201);
      const input = { assetUrl: "a", assetType: "image", batchId: id, assetId: id };
      const item = await client().workItems.create("p", input);
      assert.deepEqual([item.batchId, item.assetId], [id, id]);
      assert.equal(
        server.received[0]?.body,
        `{"assetUrl":"a","assetType":"image","assetId":${id},"batchId":${id}}`,
      );
    });
  }

  it("reads ids that are sent as text, and small ones, as text alike", async () => {
    server.answersJson(`{"items":[{"id":"7","name":"text"},{"id":8,"name":"number"}]}`);
    const listed = await Array.fromAsync(client().batches.list("p"));
    assert.deepEqual(
      listed.map(({ id }) => id),
      ["7", "8"],
    );
  });

  describe("on the emulator", () => {
    const test = useEmulator();

    for (const assetId of ids) {
      it(`finds no drift in the asset's id ${assetId}`, async () => {
        const { projectId } = test.emulator;
        const declared = { projectId, assetUrl: "a.png", assetType: "image", assetId };
        const owner = `urn:${assetId}`;
        const on = platformOf(test.emulator, { owner });
        const { id, state } = await workItemLifecycle.create(on, declared);
        const found = await workItemLifecycle.read(platformOf(test.emulator), id, state);
        assert.equal(found?.state.assetId, assetId);
        assert.equal(workItemLifecycle.diff(found!.state, declared).changed, false);
      });
    }
  });

  it("leaves every number alone that is no id", () => {
    const text = `{"bbox":[1.5,-2,1e2,-0,1e30],"count":3,"share":0.1,"id":${ids[0]}}`;
    assert.deepEqual(parseJson(text), { ...JSON.parse(text), id: ids[0] });
  });

  it("leaves a large number of the user's metadata the number that it is", async () => {
    const declared = { checksum: 2 ** 60 };
    server.answersJson(`{"items":[{"id":1,"name":"a","metadata":${JSON.stringify(declared)}}]}`);
    const [batch] = await Array.fromAsync(client().batches.list("p"));
    assert.deepEqual(batch?.metadata, declared);
  });
});
