import assert from "node:assert/strict";
import { addFault, annotate, changeSettings, clientOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { type Items, many, partialOf, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];
const otherLabels = [{ bbox: [5, 6, 7, 8] }];

// A provider that is killed leaves what it made on the platform, and the engine with the state of before:
// here an update's answer is thrown away, and the next one begins with the old state again.

describe("provider: sets: never twice, never lost", () => {
  useShortWaits();
  const test = useTestSet();

  describe("a create that was killed", () => {
    it("after all was made: nothing is made anew", async () => {
      const { set } = test;
      const items = { ...many(120, { labels, metadata: { a: 1 } }), f: { file: "a.png" } };
      const more = { uploads: { "a.png": "uploads/a" } };
      const { state: lost } = await set.create(items, more);
      await set.reset();
      const { state } = await set.create(items, more);
      assert.deepEqual(await set.sent(), { listWorkItems: 2 });
      await set.expectLive(state, ...Object.keys(items));
      const own = { appliedAt: "", incarnation: "" };
      assert.deepEqual({ ...state, ...own }, { ...lost, ...own });
    });

    it("after some were made: the rest is", async () => {
      const { set } = test;
      await set.create(many(7));
      await set.reset();
      const { state } = await set.create(many(10));
      assert.deepEqual(await set.sent(), { listWorkItems: 1, createWorkItem: 3 });
      await set.expectLive(state, ...Object.keys(many(10)));
    });

    it("in the batch Default, where no batch is declared", async () => {
      const { set } = test;
      const { state: lost } = await set.create(many(3), { batchId: undefined });
      await set.reset();
      const { state } = await set.create(many(3), { batchId: undefined });
      assert.equal((await set.sent()).createWorkItem, undefined);
      assert.deepEqual(state.ids, lost.ids);
    });

    it("and the declaration has other labels now: they are set", async () => {
      const { set } = test;
      const { state: lost } = await set.create({ a: { labels }, b: { labels }, c: {} });
      await set.reset();
      const { state } = await set.create({ a: { labels: otherLabels }, b: {}, c: {} });
      assert.deepEqual(await set.sent(), { listWorkItems: 1, setLabels: 2 });
      assert.deepEqual(state.ids, lost.ids);
      const live = await set.live();
      assert.deepEqual([live.a?.labels, live.b?.labels], [otherLabels, []]);
    });

    it("and its labels cannot be set: the next update sets them", async () => {
      const { set } = test;
      const { state: lost } = await set.create({ a: { labels }, b: {} });
      await addFault(test.emulator, { operation: "setLabels", status: 400 });
      const partial = await partialOf(set.create({ a: { labels: otherLabels }, b: {} }));
      assert.match(partial.reasons[0]!, /^"a": PUT /);
      const state = await set.update(partial.state, { a: { labels: otherLabels }, b: {} });
      assert.deepEqual(state.ids, lost.ids);
      assert.deepEqual((await set.live()).a?.labels, otherLabels);
    });

    // Nothing tells them from those of another stack of the same names.
    it("and the declaration has other values now: those are neither ended nor made anew", async () => {
      const { set } = test;
      const { state: lost } = await set.create(many(3));
      const items = { ...many(3), "item-1": { difficulty: 5 } };
      const { reasons, state } = await partialOf(set.create(items));
      assert.equal(reasons.length, 1);
      const what = `^"item-1": work item ${lost.ids["item-1"]} \\(NEW\\) carries .* it differs in difficulty: `;
      assert.match(reasons[0]!, new RegExp(what));
      assert.deepEqual(Object.keys(state.ids), ["item-0", "item-2"]);
      assert.equal(Object.keys(await set.live()).length, 3);
      assert.equal((await set.stored()).length, 3);
      // Declared as it was, it is adopted, and can be changed from then on.
      const adopted = await set.update(state, many(3));
      assert.deepEqual(adopted.ids, lost.ids);
      const changed = await set.update(adopted, items);
      await set.expectLive(changed, ...Object.keys(items));
      assert.equal((await set.live())["item-1"]?.difficulty, 5);
    });

    it("and an item is not declared any more: it stays, and is told", async () => {
      const { set } = test;
      const { state: lost } = await set.create({ a: {}, b: {} });
      const on = set.platform();
      const { state } = await workItemSetLifecycle.create(on, await set.inputs({ b: {}, c: {} }));
      assert.deepEqual(Object.keys(state.ids), ["b", "c"]);
      assert.deepEqual(Object.keys(await set.live()).sort(), ["a", "b", "c"]);
      assert.equal(on.warned.length, 1);
      assert.match(
        on.warned[0]!,
        new RegExp(`^work item ${lost.ids.a} \\(NEW\\) carries this decl`),
      );
    });

    it("and people have begun since: that work is taken up", async () => {
      const { set } = test;
      const { state: lost } = await set.create({ a: {}, b: {}, c: {} });
      await set.signal(lost.ids.a, "start");
      await annotate(test.emulator, { workItemIDs: [lost.ids.b!] });
      const { state } = await set.create({ a: {}, b: {}, c: {} });
      assert.deepEqual(state.ids, lost.ids);
      assert.deepEqual(state.statusOf, { a: "IN_PROGRESS", b: "COMPLETED" });
      assert.deepEqual(state.statuses, { IN_PROGRESS: 1, COMPLETED: 1, NEW: 1 });
    });

    for (const policy of ["refuse", "cancel"]) {
      it(`and the item that people have begun has other values now: it is kept, with ${policy}`, async () => {
        const { set } = test;
        const { state: lost } = await set.create({ a: {}, b: {} });
        await set.signal(lost.ids.a, "start");
        const items = { a: { difficulty: 1 }, b: {} };
        const { reasons, state } = await partialOf(set.create(items, { onWorkInProgress: policy }));
        assert.match(reasons[0]!, /^"a": work item \S+ \(IN_PROGRESS\) carries/);
        assert.deepEqual(state.ids, { b: lost.ids.b });
        const statuses = (await set.stored()).map(({ status }) => status);
        assert.deepEqual(statuses.sort(), ["IN_PROGRESS", "NEW"]);
      });
    }

    it("and an item was cancelled since: it is made anew", async () => {
      const { set } = test;
      const { state: lost } = await set.create({ a: {}, b: {} });
      await set.signal(lost.ids.a, "cancel");
      const { state } = await set.create({ a: {}, b: {} });
      await set.expectLive(state, "a", "b");
      assert.notEqual(state.ids.a, lost.ids.a);
    });

    it("twice, so that an item is there twice: the oldest is adopted, the other told", async () => {
      const { set, emulator } = test;
      const twin = {
        assetUrl: "uploads/a.png",
        assetType: "image",
        batchId: set.batchId,
        metadata: { pulumiUrn: `${set.owner}#a` },
      };
      const { workItems } = clientOf(emulator);
      const first = await workItems.create(emulator.projectId, twin);
      const second = await workItems.create(emulator.projectId, twin);
      const on = set.platform();
      const { state } = await workItemSetLifecycle.create(on, await set.inputs({ a: {} }));
      assert.equal(state.ids.a, first.id);
      const statuses = (await set.stored()).map(({ id, status }) => [id, status]);
      assert.deepEqual(statuses, [
        [first.id, "NEW"],
        [second.id, "NEW"],
      ]);
      assert.match(on.warned.join(), new RegExp(`^work item ${second.id} \\(NEW\\) carries this`));
    });

    it("of a file that has another path now: it is neither ended nor made anew", async () => {
      const { set } = test;
      await set.create({ a: { file: "a" } }, { uploads: { a: "uploads/1" } });
      const again = set.create({ a: { file: "a" } }, { uploads: { a: "uploads/2" } });
      const { reasons } = await partialOf(again);
      assert.match(reasons[0]!, /it differs in assetUrl:/);
      assert.deepEqual(
        (await set.stored()).map(({ status, assetUrl }) => [status, assetUrl]),
        [["NEW", "uploads/1"]],
      );
    });
  });

  describe("an update that was killed", () => {
    const olds = { ...many(3), gone: {} };
    const news: Items = {
      "item-0": {},
      "item-1": { labels },
      "item-2": { difficulty: 1 },
      fresh: {},
    };

    it("after all was done: nothing is made or signalled again", async () => {
      const { set } = test;
      const { state } = await set.create(olds);
      const lost = await set.update(state, news);
      await set.reset();
      const updated = await set.update(state, news);
      const { listWorkItems, ...sent } = await set.sent();
      assert.deepEqual([sent, listWorkItems], [{ setLabels: 1 }, 2]);
      assert.deepEqual(updated.ids, lost.ids);
      await set.expectLive(updated, ...Object.keys(news));
    });

    it("between the cancel and the new item of a replacement", async () => {
      const { set } = test;
      const { state } = await set.create(olds);
      await addFault(test.emulator, { operation: "createWorkItem", status: 400, times: 2 });
      await partialOf(set.update(state, news));
      const updated = await set.update(state, news);
      await set.expectLive(updated, ...Object.keys(news));
      assert.equal((await set.stored()).length, 6);
    });

    it("and the change was taken back since: a refresh shows what was cancelled", async () => {
      const { set } = test;
      const { state } = await set.create(olds);
      await set.update(state, news);
      const updated = await set.update(state, olds);
      const { state: refreshed } = await set.read(updated);
      assert.deepEqual(refreshed.statusOf, { gone: "FAILED", "item-2": "FAILED" });
    });
  });

  describe("items that no listing has yet", () => {
    beforeEach(() => changeSettings(test.emulator, { consistencyDelayMs: 300 }));
    afterEach(() => changeSettings(test.emulator, { consistencyDelayMs: 0 }));

    it("are not gone for a refresh", async () => {
      const { set } = test;
      const { state } = await set.create(many(3));
      const { inputs, state: read } = await set.read(state);
      assert.deepEqual([inputs, read.ids], [undefined, state.ids]);
    });

    it("are ended once they are declared no longer", async () => {
      const { set } = test;
      const { state } = await set.create(many(3));
      await set.expectLive(await set.update(state, many(1)), "item-0");
    });
  });

  describe("the listing of leftovers", () => {
    const hours = (state: { appliedAt?: string }, count: number) =>
      new Date(Date.parse(state.appliedAt!) + count * 3_600_000).toISOString();

    it("leaves out what is older than the last update that came to its end", async () => {
      const { set } = test;
      const { state } = await set.create(many(300));
      await set.reset();
      // As if the last update had been an hour after that, so that its items are old.
      const olds = { ...state, appliedAt: hours(state, 1) };
      await set.update(olds, { ...many(300), fresh: {} });
      assert.deepEqual(await set.sent(), { listWorkItems: 1, createWorkItem: 1 });
      await set.reset();
      const { appliedAt: _, ...never } = state;
      await set.update(never, { ...many(300), fresh: {}, another: {} });
      assert.equal((await set.sent()).listWorkItems, 4);
    });

    it("begins with the begin of the last update, not with its end", async () => {
      const { set } = test;
      // The platform tells its time in whole seconds.
      const before = new Date(Date.now() - 1_000).toISOString();
      const { state } = await set.create(many(3));
      const [first] = await set.stored();
      assert.ok(before <= state.appliedAt! && state.appliedAt! <= first!.createdAt);
    });

    it("does not pass over what an update left that did not look", async () => {
      const { set } = test;
      const { state } = await set.create({ a: {} });
      // Killed after it made b; then b is taken out, and later put in again.
      await set.update(state, { a: {}, b: {} });
      const without = await set.update(state, { a: { labels } });
      const later = {
        ...without,
        appliedAt: hours(without, without.appliedAt === state.appliedAt ? 0 : 1),
      };
      const updated = await set.update(later, { a: { labels }, b: {} });
      await set.expectLive(updated, "a", "b");
    });
  });

  it("is not mistaken for an item of another set, or of a key that begins alike", async () => {
    const { set, emulator } = test;
    const { state: other } = await set.create({ a: {}, "a#b": {} });
    const input: Plain = { assetUrl: "uploads/a.png", assetType: "image", batchId: set.batchId };
    const foreign = { ...input, metadata: { pulumiUrn: "urn:other#a" } };
    const { workItems } = clientOf(emulator);
    const { id } = await workItems.create(emulator.projectId, foreign as never);
    const { state } = await set.create({ a: {}, "a#b": {} });
    assert.deepEqual(state.ids, other.ids);
    assert.equal((await set.stored()).find((item) => item.id === id)?.status, "NEW");
  });
});
