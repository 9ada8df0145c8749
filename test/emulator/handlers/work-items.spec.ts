import assert from "node:assert/strict";
import { assertError, unknownId, useRawApi } from "../support.ts";

describe("emulator: work items", () => {
  const test = useRawApi();

  const full = {
    assetUrl: "https://example.com/a.png",
    assetId: 7,
    resultsUrl: "https://example.com/results",
    taxonomyVersionId: "f634d1c1-68af-48e0-aefa-208f1bd4c0f0",
    metadata: { key: "a", nested: { list: [1, null] } },
    dueInSeconds: 2_592_000,
    difficulty: 0,
    assetType: "external",
  };
  const labels = [{ metadata: { category: "car" }, bbox: [0, 0.5, 10, 20] }, { frames: [1, 2] }];

  it("creates with every field; labels show in lists only", async () => {
    const { id: batchId } = await test.createBatch("full");
    const item = await test.createItem({ ...full, batchId, labels });
    const { id, createdAt, updatedAt, ...rest } = item;
    assert.deepEqual(rest, { ...full, batchId, status: "NEW" });
    assert.equal(createdAt, updatedAt);
    const { items } = await test.listItems(`?workItemIDs=${id}`);
    assert.deepEqual(items, [{ ...item, labels }]);
  });

  it("keeps every digit of an int64, and of what is only stored", async () => {
    for (const digits of ["9007199254740993", "9223372036854775807"]) {
      const fields = `"assetId":${digits},"metadata":{"n":${digits}}`;
      const text = `{"assetUrl":"a","assetType":"image",${fields}}`;
      const headers = { "x-api-key": test.emulator.apiKey, "content-type": "application/json" };
      const url = `${test.emulator.url}${test.project}/workItems`;
      const made = await (await fetch(url, { method: "POST", headers, body: text })).text();
      const { id } = JSON.parse(made);
      const listed = await (await fetch(`${url}?workItemIDs=${id}`, { headers })).text();
      const stored = await (await fetch(`${test.emulator.origin}/_emulator/store`)).text();
      for (const answer of [made, listed, stored]) {
        assert.ok(answer.includes(fields), answer);
      }
    }
    const item = '{"assetUrl":"a","assetType":"image","batchId":9007199254740993}';
    assertError(await test.call("POST", `${test.project}/workItems`, item), 404, "NOT_FOUND");
  });

  it("goes to the Default batch, and leaves out what was not sent", async () => {
    const item = await test.createItem();
    const { body } = await test.call("GET", `${test.project}/batches?limit=1`);
    assert.equal(body.items[0].name, "Default");
    assert.equal(item.batchId, body.items[0].id);
    const [listed] = (await test.listItems(`?workItemIDs=${item.id}`)).items;
    assert.deepEqual(Object.keys(listed).sort(), [
      "assetType",
      "assetUrl",
      "batchId",
      "createdAt",
      "id",
      "status",
      "updatedAt",
    ]);
  });

  for (const field of [
    { assetUrl: undefined },
    { assetUrl: 7 },
    { assetType: undefined },
    { assetType: "audio" },
    { assetId: -1 },
    { assetId: 1.5 },
    { batchId: "1" },
    { resultsUrl: "no url" },
    { taxonomyVersionId: "no-uuid" },
    { metadata: [] },
    { metadata: null },
    { dueInSeconds: 0 },
    { dueInSeconds: 2_592_001 },
    { difficulty: -1 },
    { difficulty: 101 },
    { labels: {} },
    { labels: [{ bbox: [1, 2, 3] }] },
    { labels: [{ bbox: [1, 2, 3, 4, 5] }] },
    { labels: [{ bbox: [1, 2, 3, "4"] }] },
    { labels: [{ metadata: "text" }] },
    { labels: ["label"] },
    { status: "NEW" },
  ]) {
    it(`refuses ${JSON.stringify(field)} at create`, async () => {
      const input = { assetUrl: "a", assetType: "image", ...field };
      const answer = await test.call("POST", `${test.project}/workItems`, input);
      assertError(answer, 400, "VALIDATION_FAILED", /body/);
      assert.ok(answer.body.error.details.length > 0);
    });
  }

  it("refuses a number that no JavaScript number holds, or whose sums none does: null in lists and exports", async () => {
    for (const [field, reason] of [
      ['"labels":[{"bbox":[0,0,1e308,1]}]', /bbox/],
      ['"labels":[{"bbox":[1,-1e308,1,1]}]', /bbox/],
      ['"labels":[{"bbox":[1e400,0,1,1]}]', /too large/],
      ['"metadata":{"a":-1E+400}', /too large/],
      [`"metadata":{"a":[1${"0".repeat(400)}]}`, /too large/],
    ] as const) {
      const body = `{"assetUrl":"a","assetType":"image",${field}}`;
      const answer = await test.call("POST", `${test.project}/workItems`, body);
      assertError(answer, 400, "VALIDATION_FAILED", reason);
    }
  });

  it("answers 404 for a batch that is unknown or of another project", async () => {
    const other = `/projects/${test.emulator.tenants[0]!.projectIds[1]}/batches`;
    const elsewhere = await test.call("POST", other, { name: "elsewhere" });
    for (const batchId of [elsewhere.body.id, 123_456_789, -1]) {
      const input = { assetUrl: "a", assetType: "image", batchId };
      const answer = await test.call("POST", `${test.project}/workItems`, input);
      assertError(answer, 404, "NOT_FOUND", /Batch/);
    }
  });

  it("replaces labels and moves updatedAt", async () => {
    const item = await test.createItem({ labels });
    const path = `${test.project}/workItems/${item.id}/labels`;
    const replacement = [{ bbox: [1, 2, 3, 4] }];
    const answer = await test.call("PUT", path, { labels: replacement });
    assert.deepEqual([answer.status, answer.body], [200, { labels: replacement }]);
    const [listed] = (await test.listItems(`?workItemIDs=${item.id}`)).items;
    assert.deepEqual(listed.labels, replacement);
    assert.ok(listed.updatedAt >= item.updatedAt);
    assert.equal(listed.createdAt, item.createdAt);
    assert.equal((await test.call("PUT", path, { labels: [] })).status, 200);
    for (const bad of [{}, { labels: null }, { labels: [{ bbox: [1] }] }]) {
      assertError(await test.call("PUT", path, bad), 400, "VALIDATION_FAILED");
    }
  });

  it("answers 404 for labels of an unknown item", async () => {
    const path = `${test.project}/workItems/${unknownId}/labels`;
    assertError(await test.call("PUT", path, { labels: [] }), 404, "NOT_FOUND");
  });
});

describe("emulator: work item filters", () => {
  const test = useRawApi();
  const batchIds: number[] = [];
  const items: Array<{ id: string; createdAt: string }> = [];
  before(async () => {
    for (const name of ["a", "b", "c"]) {
      const { id } = await test.createBatch(name);
      batchIds.push(id);
      items.push(await test.createItem({ batchId: id }), await test.createItem({ batchId: id }));
    }
    await test.signal(items[0]!.id, "start");
    await test.signal(items[1]!.id, "cancel");
  });

  const query = (name: string, values: unknown[]) =>
    values.map((value) => `${name}=${value}`).join("&");
  const cases: Array<[string, () => string, number[]]> = [
    ["one batch", () => `batchIds=${batchIds[1]}`, [2, 3]],
    ["batches, repeated", () => query("batchIds", [batchIds[0], batchIds[2]]), [0, 1, 4, 5]],
    ["batches, comma-separated", () => `batchIds=${batchIds.join(",")}`, [0, 1, 2, 3, 4, 5]],
    [
      "batches, mixed",
      () => `batchIds=${batchIds[0]},${batchIds[1]}&batchIds=123456`,
      [0, 1, 2, 3],
    ],
    ["ids, repeated", () => query("workItemIDs", [items[5]!.id, items[2]!.id]), [2, 5]],
    ["ids, encoded comma", () => `workItemIDs=${items[1]!.id}%2C${items[3]!.id}`, [1, 3]],
    ["unknown id", () => `workItemIDs=${unknownId}`, []],
    ["status NEW", () => "status=NEW", [2, 3, 4, 5]],
    ["status IN_PROGRESS", () => "status=IN_PROGRESS", [0]],
    ["status COMPLETED", () => "status=COMPLETED", []],
    ["status FAILED and batch", () => `status=FAILED&batchIds=${batchIds[0]}`, [1]],
    ["status FAILED and other batch", () => `status=FAILED&batchIds=${batchIds[1]}`, []],
  ];
  for (const [what, toQuery, expected] of cases) {
    it(`by ${what}`, async () => {
      const { items: found } = await test.listItems(`?${toQuery()}`);
      assert.deepEqual(
        found.map((item: { id: string }) => items.findIndex(({ id }) => id === item.id)),
        expected,
      );
    });
  }

  it("by batches, page by page and back", async () => {
    const search = `?limit=3&${query("batchIds", [batchIds[2], batchIds[0], batchIds[2]])}`;
    const ids = (page: { items: Array<{ id: string }> }) =>
      page.items.map(({ id }) => items.findIndex((item) => item.id === id));
    const first = await test.listItems(search);
    assert.deepEqual(ids(first), [0, 1, 4]);
    const second = await test.listItems(`${search}&cursor=${first.meta.cursor_next}`);
    assert.deepEqual([ids(second), second.meta.cursor_next], [[5], undefined]);
    const back = await test.listItems(`${search}&page=PREV&cursor=${second.meta.cursor_prev}`);
    assert.deepEqual([ids(back), back.meta.cursor_prev], [[0, 1, 4], undefined]);
    const last = await test.listItems(`${search}&page=PREV`);
    assert.deepEqual(ids(last), [1, 4, 5]);
  });

  it("takes 100 ids, and far more, in one request", async () => {
    const ids = Array.from({ length: 300 }, () => crypto.randomUUID());
    const { items: found } = await test.listItems(
      `?${query("workItemIDs", [...ids, items[4]!.id])}`,
    );
    assert.deepEqual(
      found.map((item: { id: string }) => item.id),
      [items[4]!.id],
    );
  });

  it("by time, both ends included", async () => {
    const all = (await test.listItems()).items as Array<Record<string, string>>;
    for (const [from, to, field] of [
      ["createdAtFrom", "createdAtTo", "createdAt"],
      ["updatedAtFrom", "updatedAtTo", "updatedAt"],
    ] as const) {
      const time = all[2]![field]!;
      const ids = async (search: string) =>
        (await test.listItems(`?${search}`)).items.map((item: { id: string }) => item.id);
      const expected = (test: (value: string) => boolean) =>
        all.filter((item) => test(item[field]!)).map((item) => item.id);
      assert.deepEqual(
        await ids(`${from}=${time}`),
        expected((value) => value >= time),
      );
      assert.deepEqual(
        await ids(`${to}=${time}`),
        expected((value) => value <= time),
      );
      assert.deepEqual(
        await ids(`${from}=${time}&${to}=${time}`),
        expected((value) => value === time),
      );
    }
    const { items: none } = await test.listItems("?createdAtFrom=2999-01-01T00:00:00%2B02:00");
    assert.deepEqual(none, []);
  });

  for (const bad of [
    "workItemIDs=1",
    "workItemIDs=",
    "batchIds=a",
    `batchIds=${Array.from({ length: 101 }, (_, index) => index).join(",")}`,
    "status=DONE",
    "createdAtFrom=yesterday",
    "createdAtTo=2024-13-01T00:00:00Z",
    "createdAtTo=2024-02-30T00:00:00Z",
    "createdAtTo=2023-02-29T00:00:00Z",
    "createdAtTo=2024-01-01T24:00:00Z",
    "updatedAtFrom=2024-01-01",
    "updatedAtTo=1700000000",
  ]) {
    it(`refuses ${bad.slice(0, 40)}`, async () => {
      const answer = await test.call("GET", `${test.project}/workItems?${bad}`);
      assertError(answer, 400, "VALIDATION_FAILED", /query/);
    });
  }
});
