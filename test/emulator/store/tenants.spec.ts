import assert from "node:assert/strict";
import { assertError, useRawApi } from "../support.ts";

describe("emulator: what a key reaches by naming it", () => {
  const test = useRawApi();
  let batchId: number;
  let itemId: string;
  let filePath: string;
  let exportId: string;
  /** The company next door. */
  let key: string;
  let project: string;
  let space: string;

  before(async () => {
    batchId = (await test.createBatch("private")).id;
    const { path, signedUrl } = await test.uploadUrl();
    const headers = { "content-type": "image/png" };
    await fetch(signedUrl, { method: "PUT", body: "private", headers });
    filePath = path;
    itemId = (await test.createItem({ batchId, assetUrl: path })).id;
    await test.control("POST", "/annotate", { projectId: test.emulator.projectId });
    const input = { name: "private", format: "JSON" };
    exportId = (await test.call("POST", `${test.space}/exports`, input)).body.exportId;
    const stranger = test.emulator.tenants[2]!;
    key = stranger.apiKey;
    project = `/projects/${stranger.projectIds[0]}`;
    space = `/spaces/${stranger.spaceId}`;
  });

  const call = (method: string, path: string, body?: unknown) =>
    test.call(method, path, body, { key });

  const refused: [name: string, attempt: () => ReturnType<typeof call>][] = [
    [
      "a work item in a batch",
      () => call("POST", `${project}/workItems`, { assetUrl: "a", assetType: "image", batchId }),
    ],
    ["a batch's name", () => call("PATCH", `${project}/batches/${batchId}`, { name: "mine" })],
    ["labels", () => call("PUT", `${project}/workItems/${itemId}/labels`, { labels: [] })],
    ["an annotation", () => call("GET", `${project}/workItems/${itemId}/annotations`)],
    [
      "a signal",
      () =>
        call("POST", `${project}/workItems/${itemId}/signal`, {
          signal: "reopen",
          taskType: "labeling",
          signalOutcome: "OK",
        }),
    ],
    [
      "a signal to many",
      () =>
        call("POST", `${project}/workItems/signal`, {
          signal: "reopen",
          workItems: [{ workItemID: itemId }],
        }),
    ],
    ["a project", () => call("GET", `${space}${test.project}`)],
    ["an export", () => call("GET", `${space}/exports/${exportId}`)],
    ["an export's end", () => call("DELETE", `${space}/exports/${exportId}`)],
    [
      "an export of a project",
      () =>
        call("POST", `${space}/exports`, {
          name: "mine",
          format: "JSON",
          projectIds: [test.emulator.projectId],
        }),
    ],
  ];
  for (const [name, attempt] of refused) {
    it(`not ${name} of another company`, async () => {
      assertError(await attempt(), 404, "NOT_FOUND");
    });
  }

  it("no work items of another company, by their batch or their ids", async () => {
    for (const query of [`batchIds=${batchId}`, `workItemIDs=${itemId}`, ""]) {
      const { body } = await call("GET", `${project}/workItems?${query}`);
      assert.deepEqual(body.items, [], query);
    }
    const { body } = await call("GET", `${project}/batches`);
    assert.deepEqual(
      body.items.map(({ name }: { name: string }) => name),
      ["Default"],
    );
  });

  it("no exports of another company, and not its results in one of its own", async () => {
    assert.deepEqual((await call("GET", `${space}/exports`)).body.items, []);
    const input = { name: "all", format: "JSON", batchIds: [batchId], content: "ASSET_METADATA" };
    const { body: begun } = await call("POST", `${space}/exports`, input);
    await call("GET", `${space}/exports/${begun.exportId}`);
    const { body: done } = await call("GET", `${space}/exports/${begun.exportId}`);
    assert.deepEqual(await (await fetch(done.downloadUrl)).json(), []);
  });

  it("no file of another company, by its path", async () => {
    const { spaceId } = test.emulator;
    for (const path of [filePath, `${spaceId}/${filePath}`]) {
      const { body } = await call("POST", `${space}/signedurls`, { paths: [path] });
      assert.equal((await fetch(body.items[0].signedUrl)).status, 404);
    }
  });

  it("and nothing was changed by all that", async () => {
    const { body } = await test.control("GET", "/store");
    const [item] = body.workItems;
    assert.deepEqual([body.workItems.length, item.id, item.status], [1, itemId, "COMPLETED"]);
    assert.equal(body.batches.find(({ id }: { id: number }) => id === batchId).name, "private");
    assert.equal((await test.call("GET", `${test.space}/exports/${exportId}`)).status, 200);
  });
});
