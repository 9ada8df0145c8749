import assert from "node:assert/strict";
import { addFault, annotate, clearFaults, clientOf } from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { NotFoundError, ServerError } from "../../../provider/api/errors.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { many, type SetState, useTestSet, withMissing } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];
const otherLabels = [{ bbox: [5, 6, 7, 8], metadata: { category: "car" } }];

describe("provider: sets: refresh", () => {
  useShortWaits();
  const test = useTestSet();
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  for (const [size, listings] of [
    // One more than there are hundreds, for what a late request may have made.
    [0, 0],
    [1, 2],
    [100, 2],
    [101, 3],
    [250, 4],
  ] as const) {
    it(`reads ${size} items in ${listings} requests, and finds no change`, async () => {
      const { set } = test;
      const news = await set.inputs(many(size));
      const { state } = await workItemSetLifecycle.create(set.platform(), news);
      await set.reset();
      const found = await set.read(state);
      assert.deepEqual(await set.sent(), listings > 0 ? { listWorkItems: listings } : {});
      // Without inputs, the engine keeps those it has.
      assert.deepEqual(found, { state });
    });
  }

  it("finds no change in whatever can be declared", async () => {
    const { set } = test;
    const items = {
      plain: {},
      metadata: { metadata: { b: 1, a: { d: [1, null], c: 2 ** 60 }, e: null } },
      "empty metadata": { metadata: {} },
      "no labels": { labels: [] },
      labels: { labels: [{ metadata: { b: 1, a: 2 }, bbox: [1.5, 2, 0.25, 4] }] },
      seconds: { dueInSeconds: 60 },
      moment: { dueAt: inHours(1).replace("Z", "+00:00") },
      asset: { assetId: "11" },
      "asset as a number": { assetId: 12 },
      file: { file: "a.png" },
      rest: {
        assetType: "external",
        assetUrl: "https://example.com/a?b=c",
        resultsUrl: "https://example.com",
        taxonomyVersionId: "0191d2f4-7a3c-7bbb-8000-3d8f3b0a7c11",
        difficulty: 0,
      },
    };
    const more = {
      uploads: { "a.png": "uploads/a" },
      onWorkInProgress: "cancel",
      defaults: { metadata: { project: "x" } },
    };
    const news = await set.inputs(items, more);
    const { state } = await workItemSetLifecycle.create(set.platform(), news);
    const found = await set.read(state);
    assert.deepEqual(found, { state });
    const none = { changed: false, replaces: [] };
    assert.deepEqual(workItemSetLifecycle.diff(found.state, news), none);
    // As refresh asks, with the sides swapped.
    assert.deepEqual(workItemSetLifecycle.diff(news as SetState, found.state), none);
  });

  it("shows labels that others set, and the next update sets the declared ones", async () => {
    const { set } = test;
    const news = await set.inputs({ a: { labels }, b: { labels }, undeclared: {} });
    const { state } = await workItemSetLifecycle.create(set.platform(), news);
    const { projectId } = test.emulator;
    for (const key of ["a", "undeclared"]) {
      await clientOf(test.emulator).workItems.setLabels(projectId, state.ids[key]!, otherLabels);
    }
    const found = await set.read(state);
    const { a, ...others } = found.inputs!.items;
    assert.deepEqual(JSON.parse(a!).labels, otherLabels);
    const { a: _, ...declared } = news.items;
    assert.deepEqual(others, declared);
    assert.equal(workItemSetLifecycle.diff(found.state, news).changed, true);
    await set.reset();
    await set.apply(found.state, news);
    assert.deepEqual(await set.sent(), { setLabels: 1 });
    const live = await set.live();
    assert.deepEqual([live.a?.labels, live.undeclared?.labels], [labels, otherLabels]);
  });

  for (const [what, body] of [
    ["an empty listing", { items: [] }],
    ["a listing of null", { items: null }],
  ] as const) {
    it(`keeps all items through ${what}, and says so: the next update makes none`, async () => {
      const { set } = test;
      const { state } = await set.create(many(3));
      await addFault(test.emulator, { operation: "listWorkItems", status: 200, body, times: 0 });
      const on = set.platform();
      const found = await workItemSetLifecycle.read(on, set.id, state);
      await clearFaults(test.emulator);
      const statusOf = { "item-0": "NOT_LISTED", "item-1": "NOT_LISTED", "item-2": "NOT_LISTED" };
      assert.deepEqual(found, { state: { ...state, statusOf, statuses: { NOT_LISTED: 3 } } });
      assert.match(on.warned.join(), /^the platform does not list 3 of its work items, though/);
      await set.reset();
      await set.apply(found!.state, await set.inputs(many(3)));
      assert.deepEqual(await set.sent(), {});
    });
  }

  it("keeps an item that is not listed beside those that are", async () => {
    const { set } = test;
    const { state } = await set.create(many(3));
    const missing = withMissing(state, "item-0", "hidden");
    const on = set.platform();
    const found = await workItemSetLifecycle.read(on, set.id, missing);
    assert.deepEqual(found?.state.ids, missing.ids);
    assert.match(on.warned.join(), /does not list 1 of its work items, .*: "hidden"/);
  });

  it("shows how far the work is, and what was cancelled, which is no change", async () => {
    const { set } = test;
    const news = await set.inputs(many(5));
    const { state } = await workItemSetLifecycle.create(set.platform(), news);
    const { ids } = state;
    await set.signal(ids["item-0"], "cancel");
    await set.signal(ids["item-1"], "start");
    await annotate(test.emulator, { workItemIDs: [ids["item-2"]!] });
    const found = await set.read(state);
    assert.deepEqual(found.state.statusOf, {
      "item-0": "FAILED",
      "item-1": "IN_PROGRESS",
      "item-2": "COMPLETED",
    });
    assert.deepEqual(found.state.statuses, { FAILED: 1, IN_PROGRESS: 1, COMPLETED: 1, NEW: 2 });
    assert.equal(found.inputs, undefined);
    assert.deepEqual(workItemSetLifecycle.diff(found.state, news), {
      changed: false,
      replaces: [],
    });
    const { warning } = workItemSetLifecycle.diff(found.state, await set.inputs({}));
    assert.equal(
      warning,
      'people\'s work would be lost: "item-1" (IN_PROGRESS), "item-2" (COMPLETED), which this removes or replaces. The update refuses that. Leave them as they are, or set onWorkInProgress: "cancel" on the resource and run `pulumi up`',
    );
  });

  it("forgets a status that is no more", async () => {
    const { set } = test;
    const { state } = await set.create(many(2));
    const olds = { ...state, statusOf: { "item-0": "IN_PROGRESS" }, statuses: { IN_PROGRESS: 1 } };
    const found = await set.read(olds);
    assert.deepEqual([found.state.statusOf, found.state.statuses], [{}, { NEW: 2 }]);
  });

  it("keeps the moment from which on the next update looks for leftovers", async () => {
    const { state } = await test.set.create(many(1));
    assert.ok(state.appliedAt);
    assert.equal((await test.set.read(state)).state.appliedAt, state.appliedAt);
  });

  it("is not gone because the key is wrong, the project unknown, or the service down", async () => {
    const { set, emulator } = test;
    const { state } = await set.create(many(1));
    const wrong = platformOf(emulator, { client: clientOf(emulator, "wrong") });
    await assert.rejects(workItemSetLifecycle.read(wrong, set.id, state), {
      name: "AuthenticationError",
    });
    const elsewhere = { ...state, projectId: emulator.spaceId };
    await errorOf(set.read(elsewhere), NotFoundError);
    await addFault(emulator, { operation: "listWorkItems", status: 503, retryAfter: 0, times: 0 });
    await errorOf(set.read(state), ServerError);
  });

  describe("when the platform shows other values", () => {
    const server = useRawServer();
    // The API has no way to change these, so no emulator can; what a platform does is another matter.
    const drifts: [field: string, declared: object, shown: object][] = [
      ["assetUrl", { assetUrl: "a" }, { assetUrl: "b" }],
      ["file", { file: "a.png" }, { assetUrl: "uploads/b" }],
      ["difficulty", { assetUrl: "a", difficulty: 1 }, { assetUrl: "a", difficulty: 2 }],
      ["metadata", { assetUrl: "a", metadata: { a: 1 } }, { assetUrl: "a", metadata: { a: 2 } }],
      ["status", { assetUrl: "a" }, { assetUrl: "a", status: "CLIENT_REVIEW" }],
    ];
    for (const [field, declared, shown] of drifts) {
      it(`reads another ${field}`, async () => {
        const olds = {
          projectId: "p",
          items: { a: JSON.stringify({ assetType: "image", ...declared }) },
          ids: { a: "w" },
          paths: field === "file" ? { a: "uploads/a" } : {},
          uploads: { "a.png": "uploads/a" },
          statusOf: {},
          statuses: {},
        };
        const item = { id: "w", status: "NEW", assetType: "image", ...shown };
        server.answersJson(JSON.stringify({ items: [item] }));
        const client = new Client({ apiKey: "key", baseUrl: server.origin });
        const platform = platformOf(test.emulator, { client });
        const found = await workItemSetLifecycle.read(platform, "p/s", olds);
        const { status, ...values } = { status: "NEW", ...shown };
        assert.equal(found?.state.statuses[status], 1);
        assert.equal(workItemSetLifecycle.diff(found!.state, olds).changed, field !== "status");
        if (field !== "status") {
          assert.deepEqual(JSON.parse(found!.inputs!.items.a!), { assetType: "image", ...values });
        }
      });
    }
  });
});
