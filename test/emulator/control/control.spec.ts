import assert from "node:assert/strict";
import sharp from "sharp";
import { assertError, unknownId, until, useRawApi } from "../support.ts";

describe("emulator: annotators", () => {
  const test = useRawApi();

  const annotate = (body: Record<string, unknown>) =>
    test.control("POST", "/annotate", { projectId: test.emulator.projectId, ...body });

  it("finish open items and leave a COCO file with the boxes", async () => {
    const { id: batchId } = await test.createBatch("annotated");
    const labels = [
      { bbox: [1, 2, 3, 4], metadata: { category: "car" } },
      { bbox: [5, 6, 7, 8], metadata: { category: "sign" } },
      { bbox: [0, 0, 1, 1], metadata: { category: "car" } },
    ];
    const item = await test.createItem({ batchId, labels });
    const other = await test.createItem();
    const annotations = `${test.project}/workItems/${item.id}/annotations?format=coco`;
    assertError(await test.call("GET", annotations), 404, "NOT_FOUND");

    const answer = await annotate({ batchIds: [batchId] });
    assert.deepEqual(answer.body, { completed: 1, workItemIDs: [item.id] });
    const { body: annotation } = await test.call("GET", annotations);
    assert.deepEqual(
      [annotation.projectID, annotation.workItemID],
      [test.emulator.projectId, item.id],
    );
    const prefix = `s3://emulator/spaces/${test.emulator.spaceId}/`;
    const url: string = annotation.metadata.coco_results_url;
    assert.ok(url.startsWith(prefix), url);
    const file = await fetch(await test.readUrl(url.slice(prefix.length)));
    assert.equal(file.headers.get("content-type"), "application/json");
    const coco = JSON.parse(await file.text());
    assert.deepEqual(Object.keys(coco), ["info", "images", "annotations", "categories"]);
    assert.equal(coco.images[0].file_name, item.assetUrl);
    assert.deepEqual(
      coco.annotations.map((entry: { bbox: number[]; category_id: number }) => [
        entry.bbox,
        coco.categories.find((category: { id: number }) => category.id === entry.category_id).name,
      ]),
      labels.map(({ bbox, metadata }) => [bbox, metadata.category]),
    );

    const stored = await test.storedItem(item.id);
    assert.equal(stored.status, "COMPLETED");
    assert.deepEqual(
      stored.history.map((event: { signal: string }) => event.signal),
      ["start", "complete"],
    );
    assert.equal((await test.storedItem(other.id)).status, "NEW");
    const { body: batches } = await test.call("GET", `${test.project}/batches?limit=100`);
    const batch = batches.items.find(({ id }: { id: number }) => id === batchId);
    assert.equal(batch.completedCount, 1);
    assert.deepEqual((await annotate({ batchIds: [batchId] })).body.completed, 0);
  });

  /** The picture and the boxes of an item, once it is finished. */
  async function finished(fields: Record<string, unknown>) {
    const { id } = await test.createItem(fields);
    await annotate({ workItemIDs: [id] });
    const { body } = await test.call("GET", `${test.project}/workItems/${id}/annotations`);
    const path = body.metadata.coco_results_url.split(`${test.emulator.spaceId}/`)[1];
    const { images, annotations } = JSON.parse(
      await (await fetch(await test.readUrl(path))).text(),
    );
    const { width, height } = images[0];
    return {
      size: [width, height],
      boxes: annotations.map(({ bbox }: { bbox: number[] }) => bbox),
    };
  }

  async function upload(width: number, height: number, orientation?: number): Promise<string> {
    const { path, signedUrl } = await test.uploadUrl();
    const create = { width, height, channels: 3, background: "red" } as const;
    const body = new Uint8Array(
      await sharp({ create })
        .withMetadata({ ...(orientation && { orientation }) })
        .jpeg()
        .toBuffer(),
    );
    await fetch(signedUrl, { method: "PUT", body, headers: { "content-type": "image/jpeg" } });
    return path;
  }

  it("know the size of a picture that was uploaded, as it is seen", async () => {
    const labels = [{ bbox: [700, 10, 60, 5] }];
    const assetUrl = await upload(800, 20);
    assert.deepEqual(await finished({ assetUrl, labels }), {
      size: [800, 20],
      boxes: [[700, 10, 60, 5]],
    });
    const turned = await upload(300, 400, 6);
    assert.deepEqual((await finished({ assetUrl: turned })).size, [400, 300]);
  });

  it("draw a box inside a small picture", async () => {
    assert.deepEqual(await finished({ assetUrl: await upload(64, 40) }), {
      size: [64, 40],
      boxes: [[16, 10, 32, 20]],
    });
  });

  it("take a picture that is elsewhere for large enough for its boxes", async () => {
    const assetUrl = "https://pictures.example.com/1.jpg";
    const labels = [{ bbox: [700, 0, 60.5, 5] }, { bbox: [0, 0, 1, 1] }];
    assert.deepEqual((await finished({ assetUrl, labels })).size, [761, 480]);
    assert.deepEqual((await finished({ assetUrl })).size, [640, 480]);
  });

  it("fail items with outcome NOT_OK, without an annotation", async () => {
    const item = await test.createItem();
    await test.signal(item.id, "start");
    const { body } = await annotate({ workItemIDs: [item.id], outcome: "NOT_OK" });
    assert.equal(body.completed, 1);
    assert.equal((await test.storedItem(item.id)).status, "FAILED");
    const path = `${test.project}/workItems/${item.id}/annotations`;
    assertError(await test.call("GET", path), 404, "NOT_FOUND");
  });

  it("keep the annotation's id when an item is done again", async () => {
    const { id } = await test.createItem();
    const path = `${test.project}/workItems/${id}/annotations`;
    await annotate({ workItemIDs: [id] });
    const { body: first } = await test.call("GET", path);
    await test.signal(id, "reopen");
    await annotate({ workItemIDs: [id] });
    const { body: second } = await test.call("GET", path);
    assert.equal(second.id, first.id);
    assert.notEqual(second.metadata.coco_results_url, first.metadata.coco_results_url);
  });

  it("refuse another format, and a request that makes no sense", async () => {
    const { id } = await test.createItem();
    const path = `${test.project}/workItems/${id}/annotations?format=voc`;
    assertError(await test.call("GET", path), 400, "VALIDATION_FAILED", /format/);
    assertError(await test.control("POST", "/annotate", {}), 400, "VALIDATION_FAILED");
    assertError(await annotate({ outcome: "MAYBE" }), 400, "VALIDATION_FAILED");
    assertError(await annotate({ projectId: unknownId }), 404, "NOT_FOUND");
  });
});

describe("emulator: settings, stats and store", () => {
  const test = useRawApi();
  const slow = useRawApi({ latencyMs: 600_000 });
  afterEach(() =>
    test.control("PUT", "/settings", { latencyMs: 0, consistencyDelayMs: 0, rateLimit: null }),
  );

  it("changes the settings that are named", async () => {
    const { body: before } = await test.control("GET", "/settings");
    const { body: after } = await test.control("PUT", "/settings", { latencyMs: 1 });
    assert.deepEqual(after, { ...before, latencyMs: 1 });
    for (const bad of [
      { latencyMs: -1 },
      { consistencyDelayMs: "1" },
      { rateLimit: { perSecond: 0, retryAfterSeconds: 1 } },
      { dialects: ["nonsense"] },
      { rateLimit: { perSecond: 1 } },
      { unknown: 1 },
    ]) {
      assertError(await test.control("PUT", "/settings", bad), 400, "VALIDATION_FAILED");
    }
    assert.deepEqual((await test.control("GET", "/settings")).body, after);
  });

  it("limits the rate of API requests", async () => {
    const rateLimit = { perSecond: 1, retryAfterSeconds: 3 };
    await test.control("PUT", "/settings", { rateLimit });
    const get = () => test.call("GET", `${test.project}/batches`);
    const answers = await Promise.all([get(), get(), get()]);
    const limited = answers.filter(({ status }) => status === 429);
    assert.ok(limited.length > 0);
    assert.equal(limited[0]!.headers.get("retry-after"), "3");
    assertError(limited[0]!, 429, "RATE_LIMITED");
    await until(async () => (await get()).status === 200);
  });

  it("hides new items and files until the consistency delay is over", async () => {
    await test.control("PUT", "/settings", { consistencyDelayMs: 3_600_000 });
    const item = await test.createItem();
    const { path, signedUrl } = await test.uploadUrl();
    await fetch(signedUrl, { method: "PUT", body: "x", headers: { "content-type": "a/b" } });
    const readUrl = await test.readUrl(path);
    assert.deepEqual((await test.listItems()).items, []);
    assert.equal((await fetch(readUrl)).status, 404);
    await test.control("PUT", "/settings", { consistencyDelayMs: 30 });
    await until(async () => (await test.listItems()).items[0]?.id === item.id);
    await until(async () => (await fetch(readUrl)).status === 200);
  });

  it("counts requests, files and how many ran at once", async () => {
    await test.control("PUT", "/settings", { latencyMs: 20 });
    await test.control("DELETE", "/stats");
    const { signedUrl } = await test.uploadUrl();
    await fetch(signedUrl, { method: "PUT", body: "x", headers: { "content-type": "a/b" } });
    await Promise.all([1, 2, 3].map(() => test.call("GET", `${test.project}/batches`)));
    await test.call("GET", `${test.project}/batches`, undefined, { key: "wrong" });
    const { body } = await test.control("GET", "/stats");
    assert.deepEqual(body, {
      requests: { createUploadUrls: 1, listBatches: 4 },
      total: 5,
      files: { put: 1, get: 0 },
      maxConcurrent: 3,
      seconds: body.seconds,
    });
    // Three rounds of requests, one after the other, and the timer of each may be early by a little.
    assert.ok(body.seconds > 0.05);
    await test.control("DELETE", "/stats");
    assert.equal((await test.control("GET", "/stats")).body.total, 0);
  });

  it("shows the whole store or one project of it, and no key", async () => {
    const [first, second] = test.emulator.tenants[0]!.projectIds;
    const item = await test.createItem({ labels: [{ bbox: [1, 2, 3, 4] }] });
    const { body: all } = await test.control("GET", "/store");
    assert.deepEqual(
      [all.companies, all.spaces, all.projects, all.batches].map((list) => list.length),
      [2, 3, 4, 4],
    );
    const { body: one } = await test.control("GET", `/store?projectId=${first}`);
    assert.deepEqual(
      [one.companies, one.spaces, one.projects, one.batches].map((list) => list.length),
      [1, 1, 1, 1],
    );
    const stored = one.workItems.find(({ id }: { id: string }) => id === item.id);
    assert.deepEqual([stored.labels.length, stored.history], [1, []]);
    const { body: other } = await test.control("GET", `/store?projectId=${second}`);
    assert.deepEqual(other.workItems, []);
    const text = JSON.stringify(all);
    for (const { apiKey } of test.emulator.tenants) {
      assert.ok(!text.includes(apiKey));
    }
  });

  it("says that a store is too large for one answer", async () => {
    const { batches } = test.emulator.store;
    // Longer than a text can be, found out where it is written, as with a store of that size.
    batches.all = () => [{ toJSON: () => "x".repeat(2 ** 30) } as never];
    try {
      const answer = await test.control("GET", "/store");
      assertError(answer, 507, "ANSWER_TOO_LARGE");
    } finally {
      Reflect.deleteProperty(batches, "all");
    }
    assert.equal((await test.control("GET", "/store")).status, 200);
  });

  it("remembers the last requests without signatures, however they are written", async () => {
    const { signedUrl } = await test.uploadUrl();
    const secret = new URL(signedUrl).searchParams.get("signature") ?? "";
    const [location] = signedUrl.split("?");
    for (const query of ["a=1&signature=", "%73ignature=", "SIGN%41TURE=", "?signature="]) {
      await fetch(`${location}?${query}${secret}`);
    }
    const { body } = await test.control("GET", "/requests");
    assert.deepEqual(
      body.items.slice(0, 4).map(({ query }: { query: string }) => query),
      ["signature=…", "SIGNATURE=…", "signature=…", "a=1&signature=…"],
    );
  });

  it("gives up a delayed request when it closes", async () => {
    const failed = assert.rejects(slow.call("GET", `${slow.project}/batches`));
    await until(async () => (await slow.control("GET", "/stats")).body.total === 1);
    await slow.restart(() => failed);
  });
});
