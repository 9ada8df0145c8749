import assert from "node:assert/strict";
import { requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSignalLifecycle } from "../../../provider/resources/work-item-signal.ts";
import { BatchOfItems, checked } from "../../support/batch-of-items.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof workItemSignalLifecycle.create>[1];
type State = Parameters<typeof workItemSignalLifecycle.update>[2];

describe("provider: WorkItemSignal", () => {
  useShortWaits();
  const test = useEmulator();
  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::signal" });
  const inputs = (news: Plain) => checked<Inputs>(workItemSignalLifecycle, test.emulator, news);
  const batchOf = async (size: number) => {
    const batch = await BatchOfItems.create(test.emulator, size);
    await resetRequests(test.emulator);
    return batch;
  };
  const create = async (news: Plain) =>
    workItemSignalLifecycle.create(platform(), await inputs(news));
  const update = async (id: string, olds: State, news: Plain) =>
    workItemSignalLifecycle.update(platform(), id, olds, await inputs(news));
  const sent = async () => (await requests(test.emulator)).requests;

  describe("to one work item", () => {
    it("sends task type, assignee and outcome, and says what came of it", async () => {
      const batch = await batchOf(1);
      const [workItemId] = batch.ids;
      const news = { signal: "start", workItemId, taskType: "review", assignee: "a@b.c" };
      const { id, state } = await create(news);
      const [item] = await batch.stored();
      assert.equal(item?.status, "IN_PROGRESS");
      const { signal, taskType, assignee, outcome } = item.history[0] as Plain;
      assert.deepEqual([signal, taskType, assignee, outcome], ["start", "review", "a@b.c", "OK"]);
      assert.match(id, new RegExp(`^${test.emulator.projectId}/[0-9a-f]{32}$`));
      assert.deepEqual(state.signaledIds, [workItemId]);
      assert.equal(state.signaled, 1);
      assert.deepEqual(state.statuses, { IN_PROGRESS: 1 });
      assert.ok(Date.parse(state.signaledAt) > 0);
      assert.deepEqual(await sent(), { listWorkItems: 2, signalWorkItem: 1 });
    });

    it("takes the task to be labeling, and the outcome to be OK", async () => {
      const batch = await batchOf(1);
      await create({ signal: "start", workItemId: batch.ids[0] });
      // By the id of its resource as well, which names the project.
      const again = await inputs({
        signal: "start",
        workItemId: `${test.emulator.projectId}/${batch.ids[0]}`,
      });
      assert.equal(again.workItemId, batch.ids[0]);
      const { taskType, outcome } = (await batch.stored())[0]!.history[0] as Plain;
      assert.deepEqual([taskType, outcome], ["labeling", "OK"]);
    });

    it("completes with an outcome", async () => {
      const batch = await batchOf(1);
      await batch.signal(0, "start");
      const { state } = await create({
        signal: "complete",
        workItemId: batch.ids[0],
        signalOutcome: "NOT_OK",
      });
      assert.deepEqual(state.statuses, { FAILED: 1 });
    });
  });

  describe("to many work items", () => {
    it("reaches 250 in 3 requests, each once", async () => {
      const batch = await batchOf(250);
      const { state } = await create({ signal: "start", workItemIds: batch.ids });
      assert.deepEqual(new Set(await batch.lives()), new Set(["IN_PROGRESS start"]));
      assert.equal((await sent()).signalWorkItems, 3);
      assert.equal(state.signaled, 250);
      assert.deepEqual(state.statuses, { IN_PROGRESS: 250 });
    });

    it("says the same to all, or something of its own to some", async () => {
      const batch = await batchOf(3);
      const [a, b, c] = batch.ids;
      await create({
        signal: "cancel",
        workItemIds: { a, b, c },
        feedback: ["too dark"],
        feedbackOf: { b: ["blurred", "cut off"] },
      });
      assert.deepEqual(await batch.comments(), [
        ["too dark"],
        ["blurred", "cut off"],
        ["too dark"],
      ]);
    });

    it("sends no feedback where none is declared", async () => {
      const batch = await batchOf(1);
      await create({ signal: "cancel", workItemIds: batch.ids });
      assert.deepEqual(await batch.comments(), [undefined]);
    });

    it("sends nothing to none", async () => {
      await resetRequests(test.emulator);
      const { state } = await create({ signal: "cancel", workItemIds: {} });
      assert.deepEqual([state.signaled, await sent()], [0, {}]);
    });
  });

  describe("once sent", () => {
    const news = (batch: BatchOfItems, more: Plain = {}): Plain => ({
      signal: "start",
      workItemIds: batch.ids.slice(0, 2),
      ...more,
    });

    it("is not changed by a refresh, whatever became of the items, and asks for nothing", async () => {
      const batch = await batchOf(2);
      const { id, state } = await create(news(batch));
      await batch.signal(0, "complete");
      await resetRequests(test.emulator);
      const found = await workItemSignalLifecycle.read(platform(), id, state);
      assert.deepEqual(found, { state });
      assert.deepEqual(await sent(), {});
      const same = await inputs(news(batch));
      const none = { changed: false, replaces: [] };
      assert.deepEqual(workItemSignalLifecycle.diff(state, same), none);
      // As refresh calls it.
      assert.deepEqual(
        workItemSignalLifecycle.diff(same as State, state as unknown as Inputs),
        none,
      );
    });

    it("does nothing when it is destroyed", async () => {
      const batch = await batchOf(2);
      const { id, state } = await create(news(batch));
      await resetRequests(test.emulator);
      await workItemSignalLifecycle.delete(platform(), id, state);
      assert.deepEqual(await sent(), {});
    });

    it("is sent to the items that are new, and not again to the others", async () => {
      const batch = await batchOf(3);
      const { id, state } = await create(news(batch));
      const more = news(batch, { workItemIds: batch.ids });
      const difference = workItemSignalLifecycle.diff(state, await inputs(more));
      assert.deepEqual(difference, { changed: true, replaces: [] });
      const updated = await update(id, state, more);
      assert.deepEqual(await batch.lives(), Array(3).fill("IN_PROGRESS start"));
      assert.equal(updated.signaled, 3);
      assert.equal(workItemSignalLifecycle.diff(updated, await inputs(more)).changed, false);
    });

    it("asks for nothing when items are only taken out", async () => {
      const batch = await batchOf(2);
      const { id, state } = await create(news(batch));
      const fewer = news(batch, { workItemIds: batch.ids.slice(1) });
      assert.equal(workItemSignalLifecycle.diff(state, await inputs(fewer)).changed, true);
      await resetRequests(test.emulator);
      const updated = await update(id, state, fewer);
      assert.deepEqual(await sent(), {});
      assert.deepEqual(updated.signaledIds, [batch.ids[1]]);
      assert.equal(workItemSignalLifecycle.diff(updated, await inputs(fewer)).changed, false);
    });

    it("is sent again with other comments, to the items that they are for", async () => {
      const batch = await batchOf(2);
      const { id, state } = await create(news(batch, { signal: "start" }));
      // For the signal to be allowed once more.
      const { projectId } = test.emulator;
      await platform().client.signals.sendMany(
        projectId,
        "release",
        batch.ids.map((workItemID) => ({ workItemID })),
      );
      const more = news(batch, { feedbackOf: { [batch.ids[1]!]: ["look again"] } });
      assert.deepEqual(workItemSignalLifecycle.diff(state, await inputs(more)), {
        changed: true,
        replaces: [],
      });
      const updated = await update(id, state, more);
      assert.deepEqual(await batch.lives(), [
        "NEW start release",
        "IN_PROGRESS start release start",
      ]);
      assert.deepEqual(await batch.comments(), [undefined, ["look again"]]);
      assert.equal(updated.signaled, 2);
    });

    it("is the same under other keys, and with another skipDone", async () => {
      const batch = await batchOf(2);
      const [a, b] = batch.ids;
      const { state } = await create(news(batch));
      const renamed = await inputs(news(batch, { workItemIds: { x: a, y: b }, skipDone: true }));
      assert.equal(workItemSignalLifecycle.diff(state, renamed).changed, false);
    });

    for (const [field, value] of [
      ["triggers", ["2"]],
      ["signal", "cancel"],
      ["projectId", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"],
    ] as const) {
      it(`is replaced for another ${field}`, async () => {
        const batch = await batchOf(2);
        const { state } = await create(news(batch, { triggers: ["1"] }));
        const other = await inputs(news(batch, { triggers: ["1"], [field]: value }));
        const { changed, replaces } = workItemSignalLifecycle.diff(state, other);
        assert.deepEqual([changed, replaces], [true, [field]]);
      });
    }
  });

  it("says which work items are not in the project, and signals the others", async () => {
    const batch = await batchOf(1);
    const gone = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    const failed = await errorOf(
      create({ signal: "start", workItemIds: { here: batch.ids[0], gone } }),
    );
    const { reasons, state } = failed as Error & { reasons: string[]; state: State };
    assert.deepEqual(reasons, [
      `"gone": the work item ${gone} is not in project ${test.emulator.projectId}`,
    ]);
    assert.deepEqual(state.signaledIds, batch.ids);
    assert.equal((await storeOf(test.emulator)).workItems.at(-1)?.status, "IN_PROGRESS");
  });
});
