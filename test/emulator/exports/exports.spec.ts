import assert from "node:assert/strict";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { assertError, unknownId, until, useRawApi } from "../support.ts";

describe("emulator: exports", () => {
  const test = useRawApi();
  let batchId: number;
  let itemId: string;
  before(async () => {
    batchId = (await test.createBatch("exported")).id;
    const item = await test.createItem({
      batchId,
      assetUrl: 'uploads/a "1",\n.png',
      metadata: { shot: "a,b" },
      labels: [
        { bbox: [1, 2, 3, 4], metadata: { category: "car" } },
        { bbox: [5, 6, 7, 8], metadata: { category: "sign" } },
      ],
    });
    itemId = item.id;
    const labels = [{ bbox: [9, 9, 9, 9], metadata: { category: "sign" } }];
    await test.createItem({ assetUrl: "uploads/b.png", labels });
    await test.control("POST", "/annotate", { projectId: test.emulator.projectId });
    await test.createItem({ assetUrl: "uploads/open.png" });
  });
  afterEach(async () => {
    const reset = { exportDurationMs: null, exportError: null, exportZip: false };
    await test.control("PUT", "/settings", reset);
    const { body } = await test.call("GET", `${test.space}/exports?limit=100`);
    for (const { exportId } of body.items) {
      await test.call("DELETE", `${test.space}/exports/${exportId}`);
    }
  });

  const create = (input: Record<string, unknown> = {}) =>
    test.call("POST", `${test.space}/exports`, { name: "first", format: "COCO_JSON", ...input });
  const get = (id: string) => test.call("GET", `${test.space}/exports/${id}`);

  /** Creates an export and polls it to its end. */
  async function run(input: Record<string, unknown>) {
    const { status, body } = await create(input);
    assert.equal(status, 201, JSON.stringify(body));
    await get(body.exportId);
    return (await get(body.exportId)).body;
  }

  async function download(input: Record<string, unknown>): Promise<string> {
    const response = await fetch((await run(input)).downloadUrl);
    assert.equal(response.status, 200);
    return await response.text();
  }

  it("goes from PENDING by IN_PROGRESS to COMPLETED, a step a GET", async () => {
    const { status, body: created } = await create();
    assert.equal(status, 201);
    const { exportId, createdAt } = created;
    assert.deepEqual(created, {
      exportId,
      name: "first",
      status: "PENDING",
      format: "COCO_JSON",
      content: "ANNOTATION",
      createdBy: "user@emulator",
      createdAt,
    });
    assert.deepEqual((await get(exportId)).body, { ...created, status: "IN_PROGRESS" });
    const { body: done } = await get(exportId);
    const { downloadUrl } = done;
    assert.deepEqual(done, { ...created, status: "COMPLETED", downloadUrl });
    const days = (Number(new URL(downloadUrl).searchParams.get("expires")) - Date.now()) / 864e5;
    assert.ok(days > 6.9 && days <= 7.1, String(days));
    assert.equal((await get(exportId)).body.status, "COMPLETED");
  });

  it("goes a step at a listing too, so that one whose client is gone blocks nobody", async () => {
    const { body: abandoned } = await create();
    const input = { name: "second" };
    assertError(await create(input), 409, "EXPORT_RUNNING", new RegExp(abandoned.exportId));
    const list = async () => (await test.call("GET", `${test.space}/exports`)).body.items;
    for (const status of ["IN_PROGRESS", "COMPLETED"]) {
      const [listed] = await list();
      assert.deepEqual([listed.exportId, listed.status], [abandoned.exportId, status]);
    }
    assert.equal((await create(input)).status, 201);
  });

  it("merges the annotations of completed items as COCO", async () => {
    const coco = JSON.parse(await download({ name: "merged" }));
    assert.equal(coco.info.description, "merged");
    assert.deepEqual(
      coco.images.map((image: { id: number; file_name: string }) => [image.id, image.file_name]),
      [
        [1, 'uploads/a "1",\n.png'],
        [2, "uploads/b.png"],
      ],
    );
    assert.deepEqual(
      coco.categories.map(({ id, name }: { id: number; name: string }) => [id, name]),
      [
        [1, "car"],
        [2, "sign"],
      ],
    );
    assert.deepEqual(
      coco.annotations.map((a: Record<string, unknown>) => [
        a.id,
        a.image_id,
        a.category_id,
        a.bbox,
      ]),
      [
        [1, 1, 1, [1, 2, 3, 4]],
        [2, 1, 2, [5, 6, 7, 8]],
        [3, 2, 2, [9, 9, 9, 9]],
      ],
    );
  });

  it("writes annotations, inferences and asset metadata as JSON and CSV", async () => {
    const { projectId } = test.emulator;
    const filter = { batchIds: [batchId] };
    const assetUrl = 'uploads/a "1",\n.png';
    const item = { workItemID: itemId, projectID: projectId, batchId, assetUrl };
    const row = `${itemId},${projectId},${batchId},"uploads/a ""1"",\n.png",`;
    const header = "workItemID,projectID,batchId,assetUrl,";
    assert.deepEqual(JSON.parse(await download({ format: "JSON", ...filter })), [
      {
        ...item,
        annotations: [
          { category: "car", bbox: [1, 2, 3, 4] },
          { category: "sign", bbox: [5, 6, 7, 8] },
        ],
      },
    ]);
    assert.equal(
      await download({ format: "CSV", ...filter }),
      `${header}category,x,y,width,height\r\n${row}car,1,2,3,4\r\n${row}sign,5,6,7,8\r\n`,
    );
    assert.deepEqual(
      JSON.parse(await download({ format: "JSON", content: "INFERENCE", ...filter })),
      [{ ...item, inference: {} }],
    );
    const content = "ASSET_METADATA";
    const assets = JSON.parse(await download({ format: "JSON", content }));
    assert.deepEqual(
      assets.map(({ status }: { status: string }) => status),
      ["COMPLETED", "COMPLETED", "NEW"],
    );
    assert.deepEqual(assets[0].metadata, { shot: "a,b" });
    const { createdAt, updatedAt } = assets[0];
    assert.equal(
      await download({ format: "CSV", content, ...filter }),
      `${header}assetType,status,createdAt,updatedAt,metadata\r\n` +
        `${row}image,COMPLETED,${createdAt},${updatedAt},"{""shot"":""a,b""}"\r\n`,
    );
  });

  it("filters by project and time", async () => {
    const [first, second] = test.emulator.tenants[0]!.projectIds;
    const count = async (input: Record<string, unknown>) =>
      JSON.parse(await download(input)).images.length;
    assert.equal(await count({ projectIds: [first, second] }), 2);
    assert.equal(await count({ projectIds: [second] }), 0);
    assert.equal(await count({ createdAtFrom: "2999-01-01T00:00:00Z" }), 0);
    assert.equal(await count({ updatedAtTo: "2999-01-01T00:00:00Z" }), 2);
  });

  it("answers 409 while another export of the space runs", async () => {
    const { body } = await create();
    assertError(await create(), 409, "EXPORT_RUNNING", new RegExp(body.exportId));
    const { spaceId, apiKey: key } = test.emulator.tenants[1]!;
    const input = { name: "other", format: "CSV" };
    const other = await test.call("POST", `/spaces/${spaceId}/exports`, input, { key });
    assert.equal(other.status, 201);
    await get(body.exportId);
    assertError(await create(), 409, "EXPORT_RUNNING");
    await get(body.exportId);
    assert.equal((await create()).status, 201);
  });

  it("runs for the time that is set", async () => {
    await test.control("PUT", "/settings", { exportDurationMs: 3_600_000 });
    const { body } = await create();
    for (let polls = 0; polls < 3; polls += 1) {
      assert.equal((await get(body.exportId)).body.status, "PENDING");
    }
    await test.control("PUT", "/settings", { exportDurationMs: 20 });
    await until(async () => (await get(body.exportId)).body.status === "COMPLETED");
  });

  it("fails with the text that is set", async () => {
    await test.control("PUT", "/settings", { exportError: "The disk is full" });
    const failed = await run({});
    assert.deepEqual([failed.status, failed.error], ["FAILED", "The disk is full"]);
    assert.equal(failed.downloadUrl, undefined);
    await test.control("PUT", "/settings", { exportError: null });
    assert.equal((await get(failed.exportId)).body.status, "FAILED");
    assert.equal((await run({})).status, "COMPLETED");
  });

  it("fails where its file cannot be made, and blocks no other then", async () => {
    const blobs = join(test.dataDir, "blobs");
    await rename(blobs, `${blobs}-away`);
    const failed = await run({});
    await rename(`${blobs}-away`, blobs);
    assert.deepEqual([failed.status, failed.downloadUrl], ["FAILED", undefined]);
    assert.match(failed.error, /ENOENT/);
    assert.equal((await run({})).status, "COMPLETED");
  });

  it("packs the file into a ZIP archive when set", async () => {
    await test.control("PUT", "/settings", { exportZip: true });
    const { exportId, downloadUrl } = await run({ format: "CSV" });
    const response = await fetch(downloadUrl);
    assert.equal(response.headers.get("content-type"), "application/zip");
    const archive = Buffer.from(await response.arrayBuffer());
    const nameEnd = 30 + archive.readUInt16LE(26);
    assert.equal(archive.subarray(30, nameEnd).toString(), `${exportId}.csv`);
    const packed = archive.subarray(nameEnd, nameEnd + archive.readUInt32LE(18));
    assert.match(inflateRawSync(packed).toString(), /^workItemID,/);
  });

  it("lists newest first, page by page and back, and by format", async () => {
    const ids: string[] = [];
    for (const format of ["COCO_JSON", "CSV", "CSV"]) {
      ids.unshift((await run({ format })).exportId);
    }
    const list = async (query: string) => {
      const { status, body } = await test.call("GET", `${test.space}/exports?${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      return {
        ids: body.items.map(({ exportId }: { exportId: string }) => exportId),
        meta: body.meta,
      };
    };
    assert.deepEqual((await list("")).ids, ids);
    assert.deepEqual((await list("format=CSV")).ids, ids.slice(0, 2));
    const first = await list("limit=2");
    assert.deepEqual(first.ids, ids.slice(0, 2));
    const second = await list(`limit=2&cursor=${first.meta.cursor_next}`);
    assert.deepEqual([second.ids, second.meta.cursor_next], [ids.slice(2), undefined]);
    const back = await list(`limit=2&page=PREV&cursor=${second.meta.cursor_prev}`);
    assert.deepEqual([back.ids, back.meta.cursor_prev], [ids.slice(0, 2), undefined]);
  });

  it("deletes an export and its file, whatever its status", async () => {
    const blobs = async () => (await readdir(join(test.dataDir, "blobs"))).length;
    const count = await blobs();
    const { exportId, downloadUrl } = await run({});
    assert.equal(await blobs(), count + 1);
    const path = `${test.space}/exports/${exportId}`;
    const { status, body } = await test.call("DELETE", path);
    assert.deepEqual([status, body], [204, undefined]);
    assert.equal(await blobs(), count);
    assert.equal((await fetch(downloadUrl)).status, 404);
    assertError(await test.call("DELETE", path), 404, "NOT_FOUND");
    const { body: pending } = await create();
    await test.call("DELETE", `${test.space}/exports/${pending.exportId}`);
    assertError(await get(pending.exportId), 404, "NOT_FOUND");
    assert.equal((await create()).status, 201);
  });

  it("keeps exports over a restart", async () => {
    const { exportId } = await run({});
    await test.restart();
    const { body } = await get(exportId);
    assert.equal((await fetch(body.downloadUrl)).status, 200);
  });

  for (const bad of [
    { name: "" },
    { format: "XML" },
    { content: "LABELS" },
    { content: "INFERENCE" },
    { projectIds: [] },
    { projectIds: ["x"] },
    { batchIds: Array.from({ length: 101 }, (_, index) => index) },
    { createdAtFrom: "yesterday" },
    { createdAtFrom: "2024-04-31T00:00:00Z" },
    { unknown: 1 },
  ]) {
    it(`refuses ${JSON.stringify(bad).slice(0, 40)}`, async () => {
      assertError(await create(bad), 400, "VALIDATION_FAILED", /body/);
    });
  }

  it("answers 404 for a project that is unknown or of another space", async () => {
    for (const id of [unknownId, test.emulator.tenants[1]!.projectIds[0]]) {
      assertError(await create({ projectIds: [id] }), 404, "NOT_FOUND", /Project/);
    }
  });
});
