import assert from "node:assert/strict";
import { Client } from "../../../provider/api/client.ts";
import { itemAt } from "../../../provider/items/set-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { many, partialOf, type SetState, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];
const easy = { defaults: { difficulty: 1, metadata: { owner: "one" } } };
const hard = { defaults: { difficulty: 2, metadata: { owner: "one" } } };

describe("provider: sets: defaults", () => {
  const test = useTestSet();
  const items = { ...many(2), own: { difficulty: 7 } };
  const difficulties = async () =>
    Object.fromEntries(
      Object.entries(await test.set.live()).map(([key, { difficulty }]) => [key, difficulty]),
    );

  it("are in no text of an item, and in each item on the platform", async () => {
    const { state } = await test.set.create(items, easy);
    assert.deepEqual(JSON.parse(state.items["item-0"]!), { assetUrl: "uploads/item-0.png" });
    assert.deepEqual(await difficulties(), { "item-0": 1, "item-1": 1, own: 7 });
  });

  it("that change replace the items that take them, and no other", async () => {
    const { set } = test;
    const { state } = await set.create(items, easy);
    const next = await set.update(state, items, hard);
    assert.deepEqual(await difficulties(), { "item-0": 2, "item-1": 2, own: 7 });
    assert.equal(next.ids.own, state.ids.own);
    assert.deepEqual(next.items, state.items);
  });

  it("that change leave an item that fails as it was, also once they are taken back", async () => {
    const { set } = test;
    const { state } = await set.create(items, easy);
    await set.signal(state.ids["item-0"], "start");
    const failed = await partialOf(set.update(state, items, hard));
    assert.deepEqual(await difficulties(), { "item-0": 1, "item-1": 2, own: 7 });
    assert.equal(itemAt(failed.state, "item-0").difficulty, 1);
    assert.equal(itemAt(failed.state, "item-1").difficulty, 2);
    // The refused item needs nothing any more, and the other one its old difficulty.
    const back = await set.update(failed.state, items, easy);
    assert.deepEqual(await difficulties(), { "item-0": 1, "item-1": 1, own: 7 });
    assert.equal(back.ids["item-0"], state.ids["item-0"]);
    assert.deepEqual(back.items, state.items);
  });

  it("that are dropped end what they gave, and an item that fails keeps it", async () => {
    const { set } = test;
    const { state } = await set.create(items, easy);
    await set.signal(state.ids["item-0"], "start");
    const { state: left } = await partialOf(set.update(state, items));
    assert.deepEqual(await difficulties(), { "item-0": 1, "item-1": undefined, own: 7 });
    assert.deepEqual(itemAt(left, "item-0").metadata, { owner: "one" });
  });

  it("leave the texts of earlier releases, which repeat them, as soon as anything changes", async () => {
    const { set } = test;
    const { state } = await set.create(items, easy);
    const repeated = Object.keys(items).map((key) => [key, JSON.stringify(itemAt(state, key))]);
    const earlier: SetState = { ...state, items: Object.fromEntries(repeated) };
    const same = await set.inputs(items, easy);
    assert.deepEqual(workItemSetLifecycle.diff(earlier, same), { changed: false, replaces: [] });
    await set.reset();
    const next = await set.update(earlier, { ...items, own: { difficulty: 7, labels } }, easy);
    assert.deepEqual(await set.sent(), { setLabels: 1 });
    assert.deepEqual(next.ids, state.ids);
    assert.deepEqual(next.items["item-0"], state.items["item-0"]);
  });

  describe("where the platform shows an item without what they give", () => {
    const server = useRawServer();
    it("are not filled in again: that is a change", async () => {
      const olds = {
        projectId: "p",
        items: { a: '{"assetUrl":"a"}' },
        defaults: '{"difficulty":5}',
        ids: { a: "w" },
        paths: {},
        statusOf: {},
        statuses: {},
      };
      const item = { id: "w", status: "NEW", assetType: "image", assetUrl: "a" };
      server.answersJson(JSON.stringify({ items: [item] }));
      const client = new Client({ apiKey: "key", baseUrl: server.origin });
      const platform = platformOf(test.emulator, { client });
      const found = await workItemSetLifecycle.read(platform, "p/s", olds);
      assert.equal(itemAt(found!.inputs!, "a").difficulty, undefined);
      assert.equal(workItemSetLifecycle.diff(found!.state, olds).changed, true);
      // With `ignoreChanges`, the engine passes such a text to check.
      const given = { items: found!.inputs!.items, defaults: olds.defaults };
      const { inputs, failures } = await workItemSetLifecycle.check(
        given,
        {},
        {
          projectId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
          spaceId: undefined,
        },
      );
      assert.deepEqual(failures, []);
      assert.deepEqual(inputs.items, found!.inputs!.items);
    });
  });
});
