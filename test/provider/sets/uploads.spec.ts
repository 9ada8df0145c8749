import assert from "node:assert/strict";
import { useTestSet } from "../../support/work-item-sets.ts";

describe("provider: sets: files of uploads", () => {
  const test = useTestSet();

  const items = { a: { file: "1.png" }, b: { file: "2.png" }, c: { file: "1.png" }, d: {} };
  const uploads = { "1.png": "uploads/one", "2.png": "uploads/two" };
  const assets = async () =>
    Object.fromEntries(
      Object.entries(await test.set.live()).map(([key, { assetUrl }]) => [key, assetUrl]),
    );

  it("makes items of the files' paths", async () => {
    const { state } = await test.set.create(items, { uploads });
    assert.deepEqual(await assets(), {
      a: "uploads/one",
      b: "uploads/two",
      c: "uploads/one",
      d: "uploads/d.png",
    });
    const { a, b, c } = state.paths;
    assert.deepEqual(
      [a, b, c, state.paths.d],
      ["uploads/one", "uploads/two", "uploads/one", undefined],
    );
  });

  it("replaces just the items of a file that has another path", async () => {
    const { set } = test;
    const { state } = await set.create(items, { uploads });
    await set.reset();
    const moved = { ...uploads, "1.png": "uploads/new" };
    const updated = await set.update(state, items, { uploads: moved });
    const { createWorkItem, signalWorkItems, setLabels } = await set.sent();
    assert.deepEqual([createWorkItem, signalWorkItems, setLabels], [2, 1, undefined]);
    await set.expectLive(updated, ...Object.keys(items));
    assert.deepEqual(await assets(), {
      a: "uploads/new",
      b: "uploads/two",
      c: "uploads/new",
      d: "uploads/d.png",
    });
    assert.deepEqual([updated.ids.b, updated.ids.d], [state.ids.b, state.ids.d]);
    await set.reset();
    await set.update(updated, items, { uploads: moved });
    assert.deepEqual(await set.sent(), {});
  });

  it("takes the path for the item's own once it names no file", async () => {
    const { set } = test;
    const { state } = await set.create(items, { uploads });
    const plain = { ...items, a: { assetUrl: "uploads/one" } };
    const updated = await set.update(state, plain, { uploads });
    await set.expectLive(updated, ...Object.keys(items));
    assert.equal(updated.paths.a, undefined);
    assert.equal((await assets()).a, "uploads/one");
  });

  it("names the file in the metadata unless fileNames is false, for items made from then on", async () => {
    const { set } = test;
    const names = async () =>
      Object.entries(await set.live()).map(([key, { metadata }]) => [key, metadata?.pulumiFile]);
    const { state } = await set.create(items, { uploads });
    const named = [
      ["a", "1.png"],
      ["b", "2.png"],
      ["c", "1.png"],
      ["d", undefined],
    ];
    assert.deepEqual(await names(), named);
    await set.reset();
    const more = { uploads, fileNames: false };
    await set.update(state, { ...items, e: { file: "2.png" } }, more);
    assert.equal((await set.sent()).createWorkItem, 1);
    assert.deepEqual(await names(), [...named, ["e", undefined]]);
  });
});
