import assert from "node:assert/strict";
import { assertError, useRawApi } from "../support.ts";

const names = Array.from({ length: 25 }, (_, index) => `batch ${index}`);

describe("emulator: pagination", () => {
  const test = useRawApi();
  let itemIds: string[];
  before(async () => {
    itemIds = [];
    for (const name of names) {
      await test.createBatch(name);
      itemIds.push((await test.createItem({ metadata: { name } })).id);
    }
  });

  const lists = [
    { list: "batches", key: "name", expected: () => ["Default", ...names] },
    { list: "workItems", key: "id", expected: () => itemIds },
  ];
  for (const { list, key, expected } of lists) {
    const get = async (query: string) => {
      const { status, body } = await test.call("GET", `${test.project}/${list}?${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      const keys: string[] = body.items.map((item: Record<string, string>) => item[key]);
      return { keys, meta: body.meta };
    };

    it(`${list}: walks forward in the order of creation`, async () => {
      const first = await get("limit=10");
      assert.equal(first.meta.cursor_prev, undefined);
      assert.deepEqual([first.meta.limit, first.meta.page], [10, "NEXT"]);
      const second = await get(`limit=10&page=NEXT&cursor=${first.meta.cursor_next}`);
      const third = await get(`limit=10&cursor=${second.meta.cursor_next}`);
      assert.equal(third.meta.cursor_next, undefined);
      assert.deepEqual([...first.keys, ...second.keys, ...third.keys], expected());
    });

    it(`${list}: walks back to where it came from`, async () => {
      const first = await get("limit=10");
      const second = await get(`limit=10&cursor=${first.meta.cursor_next}`);
      const back = await get(`limit=10&page=PREV&cursor=${second.meta.cursor_prev}`);
      assert.deepEqual(back.keys, first.keys);
      assert.deepEqual([back.meta.page, back.meta.cursor_prev], ["PREV", undefined]);
      assert.equal(back.meta.cursor_next, first.meta.cursor_next);
    });

    it(`${list}: PREV without a cursor is the last page`, async () => {
      const last = await get("limit=4&page=PREV");
      assert.deepEqual(last.keys, expected().slice(-4));
      assert.equal(last.meta.cursor_next, undefined);
    });

    it(`${list}: has no next page when the last one is full`, async () => {
      const whole = await get(`limit=${expected().length}`);
      assert.deepEqual([whole.meta.cursor_next, whole.meta.cursor_prev], [undefined, undefined]);
    });

    it(`${list}: gives 20 when no limit is asked for`, async () => {
      const { keys, meta } = await get("");
      assert.deepEqual([keys.length, meta.limit], [20, 20]);
    });

    for (const query of [
      "limit=0",
      "limit=101",
      "limit=ten",
      "limit=1.5",
      "limit=",
      "limit=1&limit=2",
      "page=LAST",
      "unknown=1",
    ]) {
      it(`${list}: refuses ${query}`, async () => {
        const answer = await test.call("GET", `${test.project}/${list}?${query}`);
        assertError(answer, 400, "VALIDATION_FAILED", /query/);
      });
    }

    for (const cursor of ["x", "", "bm9uZQ", "WzEsMiwzXQ", "WyJhIl0", "%00"]) {
      it(`${list}: refuses the cursor "${cursor}"`, async () => {
        const answer = await test.call("GET", `${test.project}/${list}?cursor=${cursor}`);
        assertError(answer, 400, "INVALID_CURSOR");
      });
    }
  }
});
