import assert from "node:assert/strict";
import { addFault, clientOf, storeOf } from "../../../harness/emulator.ts";
import type { Client } from "../../../provider/api/client.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { checkSet, type SetInputs, type SetState } from "../../support/work-item-sets.ts";

const urn = (kind: string, name: string, stack = "dev") =>
  `urn:pulumi:${stack}::labeling::pulumi-nodejs:dynamic/aidp:${kind}::${name}`;
const asset = (folder: string, name: string) => ({ assetUrl: `https://e.com/${folder}/${name}` });

/** The declarations of one batch. */
function useBatch(clockAheadMs = 0) {
  const test = useEmulator({ clockAheadMs });
  let batchId = "";
  beforeEach(async function () {
    const name = this.currentTest?.title ?? "";
    const { emulator } = test;
    batchId = (await clientOf(emulator).batches.create(emulator.projectId, { name })).id;
  });
  const stored = async () =>
    (await storeOf(test.emulator)).workItems.filter((item) => String(item.batchId) === batchId);
  const platform = (owner: string, client?: Client) =>
    platformOf(test.emulator, { owner, ...(client !== undefined && { client }) });
  const inputs = async (items: Record<string, Plain>, more: Plain = {}): Promise<SetInputs> => {
    const checked = await checkSet(test.emulator.projectId, { batchId, items, ...more });
    assert.deepEqual(checked.failures, []);
    return JSON.parse(JSON.stringify(checked.inputs)) as SetInputs;
  };
  const single = (more: Plain = {}) => ({
    projectId: test.emulator.projectId,
    batchId,
    assetType: "image",
    assetUrl: "https://e.com/one.jpg",
    ...more,
  });
  return {
    test,
    stored,
    platform,
    single,
    live: async () => (await stored()).filter(({ status }) => status !== "FAILED"),
    async createSet(name: string, items: Record<string, Plain>, stack?: string) {
      const on = platform(urn("WorkItemSet", name, stack));
      const { state } = await workItemSetLifecycle.create(on, await inputs(items));
      return { state, on };
    },
    async updateSet(name: string, olds: SetState, items: Record<string, Plain>) {
      const on = platform(urn("WorkItemSet", name));
      const id = `${test.emulator.projectId}/${"0".repeat(32)}`;
      const state = await workItemSetLifecycle.update(on, id, olds, await inputs(items));
      return { state, on };
    },
  };
}

describe("provider: items: whose a work item is", () => {
  useShortWaits();
  const batch = useBatch();

  it("is never confused by what is in names: an update of `cam` leaves `cam#2` alone", async () => {
    const { state } = await batch.createSet("cam", { "0": asset("1", "0") });
    const second = await batch.createSet("cam#2", { "0": asset("2", "0"), "1": asset("2", "1") });
    const items = { "0": asset("1", "0"), "1": asset("1", "1") };
    const updated = await batch.updateSet("cam", state, items);
    const ids = [...Object.values(updated.state.ids), ...Object.values(second.state.ids)];
    assert.deepEqual((await batch.live()).map(({ id }) => id).sort(), ids.sort());
    assert.deepEqual([updated.on.warned, second.on.warned], [[], []]);
  });

  it("is never confused by what is in keys: two declarations never have one item", async () => {
    const shown = asset("1", "x");
    const one = await batch.createSet("cam", { "2#x": shown });
    const other = await batch.createSet("cam#2", { x: shown });
    assert.notEqual(one.state.ids["2#x"], other.state.ids.x);
    assert.equal((await batch.live()).length, 2);
  });

  describe("where another stack of the same names works in the batch", () => {
    const items = { a: asset("1", "a"), b: asset("1", "b") };

    it("what both declare alike is adopted, and nothing is ended", async () => {
      const first = await batch.createSet("set", items);
      const second = await batch.createSet("set", items);
      assert.deepEqual(second.state.ids, first.state.ids);
      const third = await batch.updateSet("set", second.state, { ...items, c: asset("1", "c") });
      assert.equal(Object.keys(third.state.ids).length, 3);
      assert.equal((await batch.live()).length, 3);
    });

    it("an update ends none of the other's items, and tells of them", async () => {
      const mine = await batch.createSet("set", items);
      // Elsewhere, with a state of its own, and other pictures.
      const theirs = await batch.createSet("set", { x: asset("2", "x"), y: asset("2", "y") });
      const updated = await batch.updateSet("set", mine.state, { a: asset("1", "a") });
      assert.deepEqual(Object.keys(updated.state.ids), ["a"]);
      const again = await batch.updateSet("set", updated.state, { ...items, c: asset("1", "c") });
      assert.equal((await batch.live()).length, 5);
      assert.match(again.on.warned.join(), /^2 work items \(.*\) carry this declaration's mark/);
      const live = new Set((await batch.live()).map(({ id }) => id));
      assert.ok(Object.values(theirs.state.ids).every((id) => live.has(id)));
    });
  });

  it("of a resource that was renamed, it is known by its incarnation", async () => {
    const { state } = await batch.createSet("old", { a: asset("1", "a") });
    // An update that is killed makes b; then the set is called otherwise, with an alias.
    await batch.updateSet("old", state, { a: asset("1", "a"), b: asset("1", "b") });
    const items = { a: asset("1", "a"), b: asset("1", "b") };
    const renamed = await batch.updateSet("new", state, items);
    const live = (await batch.live()).map(({ id }) => id);
    assert.deepEqual(live.sort(), Object.values(renamed.state.ids).sort());
    assert.equal(live.length, 2);
  });

  it("a second one that a late request made is told, and ended", async () => {
    const items = { a: asset("1", "a"), b: asset("1", "b") };
    const { state } = await batch.createSet("set", items);
    const { emulator } = batch.test;
    // As a request of a killed update, that was carried out only now.
    const [a] = (await batch.stored()).filter(({ id }) => id === state.ids.a);
    const { assetUrl, assetType, metadata, batchId } = a!;
    const input = { assetUrl, assetType, metadata: metadata!, batchId: String(batchId) };
    const late = await clientOf(emulator).workItems.create(emulator.projectId, input);
    const id = `${emulator.projectId}/${"0".repeat(32)}`;
    const reading = batch.platform(urn("WorkItemSet", "set"));
    await workItemSetLifecycle.read(reading, id, state);
    assert.match(
      reading.warned.join(),
      /^1 of its work items is not in the state: "a" \(.*\)\. A late/,
    );
    const { on } = await batch.updateSet("set", state, { ...items, c: asset("1", "c") });
    assert.match(
      on.warned.join(),
      new RegExp(`late made a second work item of "a" \\(${late.id}\\)`),
    );
    const ended = (await batch.stored()).filter(({ status }) => status === "FAILED");
    assert.deepEqual(
      ended.map(({ id }) => id),
      [late.id],
    );
  });

  it("is not ended by the process that made it for the same declaration", async () => {
    const owner = urn("WorkItem", "one");
    const client = clientOf(batch.test.emulator);
    const before = await workItemLifecycle.create(batch.platform(owner), batch.single());
    // A forced replacement whose order is the wrong one: it finds the old item, and then deletes the old resource.
    const after = await workItemLifecycle.create(batch.platform(owner, client), batch.single());
    await workItemLifecycle.delete(batch.platform(owner, client), before.id, before.state);
    assert.deepEqual(
      (await batch.live()).map(({ id }) => id),
      [after.state.workItemId],
    );
  });
});

// Answers are lost while the clocks are apart; items are still made once each.
for (const hours of [-2, -0.2, 0.2, 2]) {
  describe(`provider: items: with the platform's clock ${hours} hours ahead`, () => {
    useShortWaits();
    const batch = useBatch(hours * 3_600_000);
    const items = Object.fromEntries(["a", "b", "c"].map((key) => [key, asset("1", key)]));
    const unclear = { operation: "createWorkItem", reset: "after" } as const;

    it("makes each item of a set once, though answers are lost", async () => {
      await addFault(batch.test.emulator, { ...unclear, times: 2 });
      const { state } = await batch.createSet("set", items);
      assert.equal((await batch.stored()).length, 3);
      // What a killed update made is found.
      const more = { ...items, d: asset("1", "d") };
      await batch.updateSet("set", state, more);
      await batch.updateSet("set", state, more);
      assert.equal((await batch.stored()).length, 4);
    });

    it("makes a single item once, though its answer is lost", async () => {
      await addFault(batch.test.emulator, unclear);
      await workItemLifecycle.create(batch.platform(urn("WorkItem", "one")), batch.single());
      assert.equal((await batch.stored()).length, 1);
    });

    it("judges and counts a deadline by the platform's now", async () => {
      // By this machine's clock it may be past.
      const dueAt = new Date(Date.now() + hours * 3_600_000 + 3_600_000).toISOString();
      await workItemLifecycle.create(batch.platform(urn("WorkItem", "due")), {
        ...batch.single(),
        dueAt,
      });
      const [item] = await batch.stored();
      assert.ok(Math.abs(Number(item?.dueInSeconds) - 3_600) < 60, `${item?.dueInSeconds}`);
    });
  });
}
