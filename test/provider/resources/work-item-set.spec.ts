import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { storeOf } from "../../../harness/emulator.ts";
import { NotFoundError } from "../../../provider/api/errors.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { errorOf } from "../../support/errors.ts";
import { withoutDigest } from "../../support/unmarked.ts";
import { many, partialOf, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: "car" } }];
const otherLabels = [{ bbox: [5, 6, 7, 8] }];

describe("provider: WorkItemSet: its life", () => {
  const test = useTestSet();

  describe("create", () => {
    it("makes each item once, with every field that is declared, and its key", async () => {
      const full = {
        assetUrl: "https://example.com/a.png",
        assetType: "video",
        assetId: "12",
        resultsUrl: "https://example.com/results",
        taxonomyVersionId: "0191d2f4-7a3c-7bbb-8000-3d8f3b0a7c11",
        metadata: { weather: "rain" },
        dueInSeconds: 3600,
        difficulty: 0,
        labels,
      };
      const { set } = test;
      const { id, state } = await set.create({ full, "a/b c.png": {} });
      const { full: kept, "a/b c.png": plain, ...others } = await set.live();
      const { history: _, createdAt: __, updatedAt: ___, ...fields } = kept!;
      const mark = { pulumiUrn: set.owner, pulumiIncarnation: state.incarnation };
      assert.deepEqual(
        { ...fields, metadata: withoutDigest(fields.metadata) },
        {
          ...full,
          id: state.ids.full,
          projectId: test.emulator.projectId,
          batchId: Number(set.batchId),
          status: "NEW",
          assetId: 12,
          metadata: { weather: "rain", ...mark, pulumiKey: "full" },
        },
      );
      assert.deepEqual(
        [plain?.assetUrl, plain?.assetType, withoutDigest(plain?.metadata), plain?.id],
        [
          "uploads/a/b c.png.png",
          "image",
          { ...mark, pulumiKey: "a/b c.png" },
          state.ids["a/b c.png"],
        ],
      );
      assert.deepEqual(others, {});
      const hash = createHash("sha256").update(set.owner).digest("hex");
      assert.equal(id, `${test.emulator.projectId}/${hash.slice(0, 32)}`);
    });

    it("sends a request for each item, and one to look for earlier ones", async () => {
      const { set } = test;
      const { state } = await set.create(many(250));
      assert.deepEqual(await set.sent(), { createWorkItem: 250, listWorkItems: 1 });
      await set.expectLive(state, ...Object.keys(many(250)));
      assert.deepEqual([state.statuses, state.statusOf, state.paths], [{ NEW: 250 }, {}, {}]);
    });

    it("leaves a state that diff takes for the declaration", async () => {
      const { set } = test;
      const news = await set.inputs({ a: { labels }, b: { metadata: { a: 1 } } });
      const { state } = await workItemSetLifecycle.create(set.platform(), news);
      assert.deepEqual(workItemSetLifecycle.diff(state, news), { changed: false, replaces: [] });
    });

    it("makes them in the project's batch Default, where no batch is declared", async () => {
      const { set } = test;
      const { state } = await set.create({ a: {} }, { batchId: undefined });
      const { batches, workItems } = await storeOf(test.emulator);
      const made = workItems.find(({ id }) => id === state.ids.a);
      assert.equal(made?.batchId, batches.find(({ name }) => name === "Default")?.id);
      assert.equal(state.batchId, undefined);
    });

    it("asks for nothing where there are no items", async () => {
      const { set } = test;
      const { state } = await set.create({});
      assert.deepEqual(await set.sent(), {});
      assert.deepEqual([state.ids, state.statuses], [{}, {}]);
    });

    it("makes items whose keys are the names of methods", async () => {
      const { set } = test;
      const keys = ["constructor", "toString"];
      const { state } = await set.create(Object.fromEntries(keys.map((key) => [key, {}])));
      await set.expectLive(state, ...keys);
    });

    it("makes none whose moment has passed since the preview, and the others", async () => {
      const { set } = test;
      const news = await set.inputs({ late: {}, good: {} });
      const dueAt = new Date(Date.now() - 1000).toISOString();
      news.items.late = JSON.stringify({ assetType: "image", assetUrl: "a", dueAt });
      const create = workItemSetLifecycle.create(set.platform(), news);
      const { state, reasons, message } = await partialOf(create);
      assert.deepEqual(reasons, [`"late": dueAt must be in the future, got ${dueAt}`]);
      assert.match(
        message,
        /^1 of 2 work items failed, the others are done: run the update again$/,
      );
      await set.expectLive(state, "good");
    });

    it("makes them due at the moment that is declared", async () => {
      const { set } = test;
      const dueAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString();
      await set.create({ a: { dueAt } });
      const { createdAt, dueInSeconds, dueAt: sent } = (await set.live()).a!;
      const error = Date.parse(createdAt) + dueInSeconds! * 1000 - Date.parse(dueAt);
      assert.ok(error >= 0 && error < 60_000, `${error} ms off`);
      assert.equal(sent, undefined);
    });

    it("says what was done, in one line", async () => {
      const { set } = test;
      const platform = set.platform();
      await workItemSetLifecycle.create(platform, await set.inputs(many(3)));
      assert.equal(platform.told.length, 1);
      assert.match(platform.told[0]!, /: 3 created/);
      assert.deepEqual(platform.warned, []);
    });

    it("is refused as a whole where the batch is unknown: nothing is made", async () => {
      const error = await errorOf(test.set.create(many(3), { batchId: "999999" }));
      assert.match(`${error.message} ${"reasons" in error ? error.reasons : ""}`, /999999/);
      assert.ok(error instanceof NotFoundError || error.name === "PartialFailure");
      assert.deepEqual(await test.set.stored(), []);
    });
  });

  describe("update", () => {
    /** What became of the items with these ids: their signals. */
    const signalsOf = async (ids: (string | undefined)[]) =>
      (await test.set.stored())
        .filter(({ id }) => ids.includes(id))
        .map(({ history }) => history.map(({ signal }) => signal).join());

    const nothing: [string, Plain][] = [
      ["changed", {}],
      ["but the policy changed", { onWorkInProgress: "cancel" }],
      ["but uploads that no item names changed", { uploads: { "x.png": "uploads/x" } }],
    ];
    for (const [what, more] of nothing) {
      it(`sends no request where nothing ${what}`, async () => {
        const { set } = test;
        const { state } = await set.create(many(3, { labels }));
        await set.reset();
        const updated = await set.update(state, many(3, { labels }), more);
        assert.deepEqual(await set.sent(), {});
        assert.deepEqual(updated.ids, state.ids);
        assert.equal(updated.onWorkInProgress, more.onWorkInProgress);
      });
    }

    it("replaces just the item that changed, of many", async () => {
      const { set } = test;
      const { state } = await set.create(many(250));
      await set.reset();
      const items = { ...many(250), "item-7": { difficulty: 9 } };
      const updated = await set.update(state, items);
      const { listWorkItems, ...sent } = await set.sent();
      assert.deepEqual(sent, { signalWorkItems: 1, createWorkItem: 1 });
      assert.ok(listWorkItems! <= 5, `${listWorkItems} listings`);
      await set.expectLive(updated, ...Object.keys(items));
      const { "item-7": replaced, ...others } = updated.ids;
      const { "item-7": old, ...kept } = state.ids;
      assert.notEqual(replaced, old);
      assert.deepEqual(others, kept);
      assert.deepEqual(await signalsOf([old, replaced]), ["cancel", ""]);
      assert.equal((await set.live())["item-7"]?.difficulty, 9);
    });

    for (const [what, olds, news] of [
      ["other ones", labels, otherLabels],
      ["the first", undefined, labels],
      ["none any more", labels, undefined],
    ] as const) {
      it(`sets labels in place, and nothing else: ${what}`, async () => {
        const { set } = test;
        const items = many(3, olds && { labels: olds });
        const { state } = await set.create(items);
        await set.reset();
        const updated = await set.update(state, {
          ...items,
          "item-1": news ? { labels: news } : {},
        });
        assert.deepEqual(await set.sent(), { setLabels: 1 });
        assert.deepEqual(updated.ids, state.ids);
        assert.deepEqual((await set.live())["item-1"]?.labels, news ?? []);
        assert.deepEqual((await set.live())["item-0"]?.labels, olds);
      });
    }

    it("cancels the removed, 100 a request, each once", async () => {
      const { set } = test;
      const { state } = await set.create({ ...many(250, {}, "old"), ...many(2) });
      await set.reset();
      const updated = await set.update(state, many(2));
      assert.deepEqual(await set.sent(), { listWorkItems: 6, signalWorkItems: 3 });
      await set.expectLive(updated, "item-0", "item-1");
      const removed = Object.entries(state.ids).flatMap(([key, id]) =>
        key.startsWith("old") ? [id] : [],
      );
      assert.deepEqual(await signalsOf(removed), Array(250).fill("cancel"));
      assert.deepEqual(updated.statuses, { NEW: 2 });
    });

    it("makes the new, removes the old, replaces and relabels, all at once", async () => {
      const { set } = test;
      const { state } = await set.create({ gone: {}, same: {}, relabelled: {}, replaced: {} });
      const platform = set.platform();
      const items = { same: {}, relabelled: { labels }, replaced: { difficulty: 1 }, fresh: {} };
      const news = await set.inputs(items);
      const updated = await workItemSetLifecycle.update(platform, set.id, state, news);
      await set.expectLive(updated, "same", "relabelled", "replaced", "fresh");
      assert.equal(updated.ids.same, state.ids.same);
      assert.equal(updated.ids.relabelled, state.ids.relabelled);
      assert.match(platform.told[0]!, /: 1 created, 1 relabelled, 1 replaced, 1 cancelled/);
      assert.equal(workItemSetLifecycle.diff(updated, news).changed, false);
    });

    it("replaces all for another default", async () => {
      const { set } = test;
      const items = { ...many(2), own: { difficulty: 9 } };
      const { state } = await set.create(items, { defaults: { difficulty: 1 } });
      const updated = await set.update(state, items, { defaults: { difficulty: 2 } });
      await set.expectLive(updated, ...Object.keys(items));
      const live = await set.live();
      assert.deepEqual(
        Object.keys(items).map((key) => live[key]?.difficulty),
        [2, 2, 9],
      );
      assert.equal(updated.ids.own, state.ids.own);
      assert.notEqual(updated.ids["item-0"], state.ids["item-0"]);
    });

    it("does nothing where a default only says what the items said", async () => {
      const { set } = test;
      const { state } = await set.create(many(3, { difficulty: 1 }));
      await set.reset();
      await set.update(state, many(3), { defaults: { difficulty: 1 } });
      assert.deepEqual(await set.sent(), {});
    });

    it("does not cancel an item that cannot be made anew, as its moment has passed", async () => {
      const { set } = test;
      const { state } = await set.create({ late: {}, good: {} });
      const news = await set.inputs({ late: {}, good: { difficulty: 1 } });
      const dueAt = new Date(Date.now() - 1000).toISOString();
      news.items.late = JSON.stringify({ assetType: "image", assetUrl: "a", dueAt });
      const partial = await partialOf(set.apply(state, news));
      assert.deepEqual(partial.reasons, [`"late": dueAt must be in the future, got ${dueAt}`]);
      await set.expectLive(partial.state, "late", "good");
      assert.equal(partial.state.ids.late, state.ids.late);
    });
  });
});
