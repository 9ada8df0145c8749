import assert from "node:assert/strict";
import { addFault, annotate } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { many, partialOf, type SetState, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];

describe("provider: sets: update of work that people have begun", () => {
  const test = useTestSet();

  type Change = [name: string, news: (items: Record<string, Plain>) => Record<string, Plain>];
  const changes: Change[] = [
    ["removed", ({ begun: _, ...others }) => others],
    ["replaced", (items) => ({ ...items, begun: { difficulty: 5 } })],
  ];
  const others = { "item-0": { difficulty: 1 }, "item-1": { labels }, fresh: {} };
  /** A set of four, and what is done to one of them. */
  async function begin(status: "IN_PROGRESS" | "COMPLETED"): Promise<SetState> {
    const { set } = test;
    const { state } = await set.create({ ...many(3), begun: {} });
    if (status === "IN_PROGRESS") {
      await set.signal(state.ids.begun, "start");
    } else {
      await annotate(test.emulator, { workItemIDs: [state.ids.begun!] });
    }
    return state;
  }
  const statusOf = async (id: string | undefined) =>
    (await test.set.stored()).find((item) => item.id === id)?.status;

  for (const status of ["IN_PROGRESS", "COMPLETED"] as const) {
    for (const [name, change] of changes) {
      it(`refuses just the item that is ${status} and would be ${name}; the rest is done`, async () => {
        const { set } = test;
        const state = await begin(status);
        const items = change({ ...others, begun: {} });
        const partial = await partialOf(set.update(state, items));
        assert.deepEqual(partial.reasons.length, 1);
        assert.match(
          partial.reasons[0]!,
          new RegExp(`^"begun": work item ${state.ids.begun} is ${status}: .*people's work`),
        );
        assert.equal(await statusOf(state.ids.begun), status);
        assert.equal(partial.state.items.begun, state.items.begun);
        await set.expectLive(partial.state, "begun", ...Object.keys(others));
        const again = await partialOf(set.update(partial.state, items));
        assert.deepEqual(again.state.ids, partial.state.ids);
        // Since the last complete update, after which the engine has no new inputs.
        const done = Object.keys(others).filter(
          (key) => partial.state.items[key] !== state.items[key],
        );
        assert.deepEqual(Object.keys(partial.state.changed ?? {}).sort(), done.sort());
        assert.deepEqual(again.state.changed, partial.state.changed);
        const { begun: _, ...left } = items;
        const whole = await set.update(again.state, { ...left, begun: {} });
        assert.equal(whole.changed, undefined);
      });

      it(`with "cancel", goes on with an item that is ${status} and is ${name}`, async () => {
        const { set } = test;
        const state = await begin(status);
        const items = change({ ...others, begun: {} });
        const updated = await set.update(state, items, { onWorkInProgress: "cancel" });
        const ended = status === "COMPLETED" ? "COMPLETED" : "FAILED";
        assert.equal(await statusOf(state.ids.begun), ended);
        assert.notEqual(updated.ids.begun, state.ids.begun);
        assert.deepEqual(Object.keys(updated.ids).sort(), Object.keys(items).sort());
      });
    }

    it(`sets labels of an item that is ${status}`, async () => {
      const { set } = test;
      const state = await begin(status);
      const updated = await set.update(state, { ...many(3), begun: { labels } });
      assert.deepEqual((await set.live()).begun?.labels, labels);
      assert.equal(updated.ids.begun, state.ids.begun);
    });
  }

  it("still wants to replace an item whose file moved, once that was refused", async () => {
    const { set } = test;
    const items = { begun: { file: "a.png" } };
    const { state } = await set.create(items, { uploads: { "a.png": "uploads/1" } });
    await set.signal(state.ids.begun, "start");
    const uploads = { "a.png": "uploads/2" };
    const partial = await partialOf(set.update(state, items, { uploads }));
    const news = await set.inputs(items, { uploads });
    assert.equal(workItemSetLifecycle.diff(partial.state, news).changed, true);
    const { state: refreshed } = await set.read(partial.state);
    assert.equal(workItemSetLifecycle.diff(refreshed, news).changed, true);
  });

  it("refuses nothing when the item was cancelled in the meantime", async () => {
    const { set } = test;
    const { state } = await set.create({ a: {}, b: {} });
    await set.signal(state.ids.a, "cancel");
    const updated = await set.update(state, { b: {} });
    await set.expectLive(updated, "b");
  });

  it("looks again when the platform refuses a signal, and then goes on", async () => {
    const { set } = test;
    const { state } = await set.create({ a: {}, b: {} });
    await addFault(test.emulator, { operation: "signalWorkItems", status: 409 });
    const updated = await set.update(state, { b: {} });
    await set.expectLive(updated, "b");
  });

  it("fails all that would be ended while nothing can be read", async () => {
    const { set } = test;
    const { state } = await set.create({ a: {}, b: {} });
    await addFault(test.emulator, { operation: "listWorkItems", status: 400, times: 0 });
    const partial = await partialOf(set.update(state, {}));
    assert.match(partial.reasons[0]!, /^"a", "b": GET .* answered 400/);
    assert.deepEqual(partial.state.ids, state.ids);
  });
});
