import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { checkSet } from "../../support/work-item-sets.ts";

const { unknownValue } = runtime;
const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const past = new Date(Date.now() - 3_600_000).toISOString();
const picture = { assetUrl: "uploads/a.png" };

const check = (news: Plain, olds?: Plain) => checkSet(uuid, news, olds);
const reasonsOf = async (news: Plain, olds?: Plain) =>
  (await check(news, olds)).failures.map(({ reason }) => reason);

describe("provider: WorkItemSet: check of a change", () => {
  describe("of an item that did not change", () => {
    /** The inputs of an update in which everything was still right. */
    const earlier = async (item: Plain, more: Plain = {}) => {
      const { inputs } = await check({ items: { a: { ...picture, ...item } }, ...more });
      return inputs;
    };

    it("does not look at it again: its moment may have passed", async () => {
      const olds = await earlier({ dueAt: past });
      assert.deepEqual(await reasonsOf({ items: { a: { ...picture, dueAt: past } } }, olds), []);
    });

    it("lets it get other labels in place, though its moment has passed", async () => {
      const olds = await earlier({ dueAt: past });
      const a = { ...picture, dueAt: past, labels: [{ bbox: [1, 2, 3, 4] }] };
      assert.deepEqual(await reasonsOf({ items: { a } }, olds), []);
    });

    it("refuses what replaces it once its moment has passed", async () => {
      const olds = await earlier({ dueAt: past });
      const a = { ...picture, dueAt: past, difficulty: 1 };
      assert.deepEqual(await reasonsOf({ items: { a } }, olds), [
        `items["a"]: dueAt must be in the future, got ${past}`,
      ]);
    });

    it("says so when its file is no longer in the uploads", async () => {
      const a = { file: "a.png" };
      const { inputs } = await check({ items: { a }, uploads: { "a.png": "uploads/1" } });
      assert.deepEqual(await reasonsOf({ items: { a }, uploads: { "b.png": "x" } }, inputs), [
        'items["a"]: file "a.png" is not one of the set\'s uploads',
      ]);
    });

    it("looks at what the defaults change in it", async () => {
      const items = { a: { ...picture, metadata: { callbackUrl: "https://a.example" } } };
      const { inputs } = await check({ items });
      const defaults = { callbackUrl: "https://b.example" };
      assert.deepEqual(await reasonsOf({ items, defaults }, inputs), [
        'items["a"]: callbackUrl and metadata.callbackUrl exclude each other: give one of them',
      ]);
    });
  });

  describe("at a preview where something is not known yet", () => {
    const unknown: [string, Plain][] = [
      ["the uploads", { items: { a: { file: "a.png" } }, uploads: unknownValue }],
      ["a path", { items: { a: { file: "a.png" } }, uploads: { "a.png": unknownValue } }],
      ["the batch", { items: { a: picture }, batchId: unknownValue }],
      ["the project", { items: { a: picture }, projectId: unknownValue }],
      ["the items", { items: unknownValue }],
      ["the defaults", { items: { a: picture }, defaults: unknownValue }],
    ];
    for (const [what, news] of unknown) {
      it(`${what}: finds nothing wrong, and keeps the rest`, async () => {
        const { inputs, failures } = await check(news);
        assert.deepEqual(failures, []);
        assert.deepEqual(
          Object.keys((inputs.items as object) ?? {}),
          Object.keys(news.items as object),
        );
      });
    }

    it("an item: the others are completed and looked at", async () => {
      const news = { items: { a: unknownValue, b: picture, c: {} }, defaults: { difficulty: 3 } };
      const { inputs, failures } = await check(news);
      const { a, b } = inputs.items as Record<string, string>;
      assert.equal(a, unknownValue);
      assert.deepEqual(JSON.parse(b!), picture);
      assert.deepEqual(
        failures.map(({ reason }) => reason),
        ['items["c"]: give either assetUrl or file'],
      );
    });
  });
});
