import assert from "node:assert/strict";
import { addFault, annotate, clientOf } from "../../../harness/emulator.ts";
import type { WorkItemInput, WorkItemWire } from "../../../provider/api/work-items.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf } from "../../support/platform.ts";
import { type Items, partialOf, type SetState, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];
const otherLabels = [{ bbox: [5, 6, 7, 8] }];
const adopt = { adopt: true };

describe("provider: sets: adopting what exists", () => {
  const test = useTestSet();

  /** A work item that a person or a script made. */
  function made(asset: string, more: Partial<WorkItemInput> = {}): Promise<WorkItemWire> {
    const { set, emulator } = test;
    const input = { assetUrl: `uploads/${asset}.png`, assetType: "image", batchId: set.batchId };
    return clientOf(emulator).workItems.create(emulator.projectId, { ...input, ...more });
  }

  /** Creates the set, and tells what was said. */
  async function taken(items: Items, more: Plain = adopt) {
    const { set } = test;
    await set.reset();
    const platform = set.platform();
    const { state } = await workItemSetLifecycle.create(platform, await set.inputs(items, more));
    return { state, told: platform.told, warned: platform.warned, sent: await set.sent() };
  }

  /** The set as it is declared and read is as the state has it: no drift and no change. */
  async function expectSettled(state: SetState, items: Items, more: Plain = adopt) {
    const { set } = test;
    const inputs = await set.inputs(items, more);
    assert.equal(workItemSetLifecycle.diff(state, inputs).changed, false);
    const read = await set.read(state);
    assert.equal(read.inputs, undefined, "reading sees drift");
    assert.equal(workItemSetLifecycle.diff(read.state, inputs).changed, false);
  }

  it("adopts items by their asset, whatever their status, and creates the others", async () => {
    const { set, emulator } = test;
    const a = await made("a", { labels });
    const b = await made("b");
    const c = await made("c");
    await annotate(emulator, { workItemIDs: [b.id] });
    await set.signal(c.id, "start");
    const before = await set.stored();
    const items = { a: { labels }, b: {}, c: {}, d: {} };
    const { state, told, warned, sent } = await taken(items);
    assert.deepEqual(sent, { listWorkItems: 1, createWorkItem: 1 });
    assert.deepEqual([state.ids.a, state.ids.b, state.ids.c], [a.id, b.id, c.id]);
    assert.deepEqual(state.statuses, { NEW: 2, COMPLETED: 1, IN_PROGRESS: 1 });
    const after = await set.stored();
    assert.deepEqual(after.slice(0, 3), before);
    assert.equal(after.length, 4);
    assert.match(
      told.join(),
      /^adopts 3 existing work items, creates 1: "d",.*3 adopted, 1 created$/,
    );
    assert.deepEqual(warned, []);
    await expectSettled(state, items);
  });

  it("adopts nothing without being asked to", async () => {
    await made("a");
    const { state } = await taken({ a: {} }, {});
    assert.equal((await test.set.stored()).length, 2);
    assert.equal(Object.keys(state.ids).length, 1);
  });

  it("does not adopt what was cancelled", async () => {
    const { set } = test;
    const gone = await made("a");
    await set.signal(gone.id, "cancel");
    const { state } = await taken({ a: {} });
    assert.notEqual(state.ids.a, gone.id);
  });

  it("sets the labels that are declared and differ, and no others", async () => {
    const { set } = test;
    await made("a", { labels });
    await made("b", { labels });
    await made("c", { labels });
    const items = { a: { labels: otherLabels }, b: {}, c: { labels } };
    const { state, told, sent } = await taken(items);
    assert.deepEqual(sent, { listWorkItems: 1, setLabels: 1 });
    assert.deepEqual(
      (await set.stored()).map((item) => item.labels),
      [otherLabels, labels, labels],
    );
    assert.match(told[0] ?? "", /^adopts 3 existing work items, relabels 1 of them, creates none$/);
    await expectSettled(state, items);
  });

  it("takes a deadline in the past for that of an item that exists", async () => {
    const { set } = test;
    const { createdAt } = await made("a", { dueInSeconds: 1 });
    const dueAt = new Date(Date.parse(createdAt ?? "") + 1000).toISOString();
    const { state, warned } = await taken({ a: { dueAt } });
    assert.deepEqual([warned, (await set.stored()).length], [[], 1]);
    await expectSettled(state, { a: { dueAt } });
  });

  describe("where an item differs from its declaration", () => {
    const items = { a: { difficulty: 20, metadata: { key: "s3cret" } }, b: {} };

    it("leaves it as it is, says so without a value, and sees no change later", async () => {
      const { set } = test;
      await made("a", { difficulty: 50, metadata: { key: "other s3cret" }, dueInSeconds: 60 });
      await made("b", { difficulty: 30 });
      const before = await set.stored();
      const { state, warned, sent } = await taken(items);
      assert.deepEqual(sent, { listWorkItems: 1 });
      assert.deepEqual(await set.stored(), before);
      assert.equal(warned.length, 1);
      assert.match(
        warned[0] ?? "",
        /^1 adopted work item differs .*: "a" \(difficulty, metadata\)\./,
      );
      assert.doesNotMatch(JSON.stringify([warned, state.asFound]), /s3cret/);
      await expectSettled(state, items);
    });

    it("lets the declaration become what is there, and forgets the difference", async () => {
      const { set } = test;
      await made("a", { difficulty: 50 });
      const { state } = await taken({ a: { difficulty: 20 }, b: {} });
      const as = { a: { difficulty: 50 }, b: {} };
      await set.reset();
      const next = await set.update(state, as, adopt);
      assert.deepEqual(await set.sent(), {});
      assert.deepEqual(next.ids, state.ids);
      assert.equal(next.asFound, undefined);
      await expectSettled(next, as);
    });

    it("lets the field be left out", async () => {
      const { set } = test;
      await made("a", { difficulty: 50 });
      const { state } = await taken({ a: { difficulty: 20 } });
      const next = await set.update(state, { a: {} }, adopt);
      assert.deepEqual([next.ids, next.asFound], [state.ids, undefined]);
      await expectSettled(next, { a: {} });
    });

    it("replaces it when the declaration asks for yet another value", async () => {
      const { set } = test;
      const { id } = await made("a", { difficulty: 50 });
      const { state } = await taken({ a: { difficulty: 20 } });
      const next = await set.update(state, { a: { difficulty: 70 } }, adopt);
      assert.notEqual(next.ids.a, id);
      const [old, ...others] = await set.stored();
      assert.equal(old?.status, "FAILED");
      assert.equal(others.find((item) => item.id === next.ids.a)?.difficulty, 70);
      assert.equal(next.asFound, undefined);
    });

    it("sees what changes on the platform after all", async () => {
      const { set, emulator } = test;
      const { id } = await made("a", { difficulty: 50, labels });
      const { state } = await taken({ a: { difficulty: 20, labels } });
      await clientOf(emulator).workItems.setLabels(emulator.projectId, id, otherLabels);
      const { inputs } = await set.read(state);
      assert.deepEqual(JSON.parse(inputs?.items.a ?? ""), {
        assetType: "image",
        assetUrl: "uploads/a.png",
        difficulty: 20,
        labels: otherLabels,
      });
    });
  });

  describe("where several items show the same asset", () => {
    const same = (more: Plain) => ({ assetUrl: "uploads/same.png", ...more });

    it("gives each declaration the one that fits it best", async () => {
      const plain = await made("same");
      const hard = await made("same", { difficulty: 90 });
      const labelled = await made("same", { labels });
      const items = { hard: same({ difficulty: 90 }), labelled: same({ labels }), plain: same({}) };
      const { state, sent, warned } = await taken(items);
      assert.deepEqual(state.ids, { hard: hard.id, labelled: labelled.id, plain: plain.id });
      assert.deepEqual([sent, warned], [{ listWorkItems: 1 }, []]);
    });

    it("adopts the oldest, and warns of the others by their ids", async () => {
      const first = await made("same");
      const second = await made("same");
      const { state, warned, told } = await taken({ one: same({}) });
      assert.equal(state.ids.one, first.id);
      assert.deepEqual(warned, [
        `more work items show the same asset, and are not adopted: "one" (${second.id})`,
      ]);
      assert.match(told[0] ?? "", /leaves 1 other work item of the batch as it is$/);
    });

    it("creates what there is too little of", async () => {
      const { id } = await made("same");
      const { state, sent } = await taken({ one: same({}), two: same({}) });
      assert.equal(state.ids.one, id);
      assert.equal(sent.createWorkItem, 1);
    });
  });

  describe("where an item carries a key", () => {
    const foreign = "urn:pulumi:prod::streets::pulumi-nodejs:dynamic/aidp:WorkItemSet::signs#a";

    it("never takes that of another declaration, says whose it is, and makes no second one", async () => {
      const { set } = test;
      const { id } = await made("a", { metadata: { pulumiUrn: foreign } });
      const inputs = await set.inputs({ a: {}, b: {} }, adopt);
      const { reasons, state } = await partialOf(
        workItemSetLifecycle.create(set.platform(), inputs),
      );
      assert.equal(reasons.length, 1);
      const owner = 'WorkItemSet "signs" of stack prod of project streets made it';
      assert.match(reasons[0] ?? "", new RegExp(`^"a": work item ${id} .* ${owner}`));
      assert.deepEqual(Object.keys(state.ids), ["b"]);
      assert.equal((await set.stored()).length, 2);
    });

    it("adopts its own after the state was lost, though its declaration changed since", async () => {
      const { set } = test;
      const file = { a: { file: "a.png", difficulty: 1 } };
      const { state: lost } = await set.create(file, { uploads: { "a.png": "uploads/old" } });
      const again = { a: { file: "a.png", difficulty: 2 } };
      const more = { ...adopt, uploads: { "a.png": "uploads/new" } };
      const { state, warned, sent } = await taken(again, more);
      assert.deepEqual(state.ids, lost.ids);
      assert.deepEqual(sent, { listWorkItems: 1 });
      assert.match(warned.join(), /"a" \(assetUrl, difficulty\)/);
      await expectSettled(state, again, more);
    });
  });

  it("ends with the same items when it is interrupted between adoption and the state", async () => {
    const { set } = test;
    await made("a");
    const items = { a: {}, b: {} };
    const { state: lost } = await taken(items);
    const { state, sent } = await taken(items);
    assert.deepEqual(state.ids, lost.ids);
    assert.deepEqual(sent, { listWorkItems: 1 });
    assert.equal((await set.stored()).length, 2);
  });

  it("adopts what is added to the declaration later, and never an item that it has", async () => {
    const { set } = test;
    const a = await made("a");
    const { state } = await taken({ a: {} });
    const b = await made("b");
    const more = { a: {}, again: { assetUrl: "uploads/a.png" }, b: {} };
    const next = await set.update(state, more, adopt);
    assert.deepEqual([next.ids.a, next.ids.b], [a.id, b.id]);
    assert.notEqual(next.ids.again, a.id);
    assert.equal((await set.stored()).length, 3);
  });

  it("keeps what another declaration of the same update adopted, when the old one goes", async () => {
    const { set, emulator } = test;
    const { id } = await made("a");
    const { state } = await taken({ a: {} });
    const client = clientOf(emulator);
    const renamed = platformOf(emulator, { owner: `${set.owner}-renamed`, client });
    const inputs = await set.inputs({ a: {} }, adopt);
    const { state: next } = await workItemSetLifecycle.create(renamed, inputs);
    const old = platformOf(emulator, { owner: set.owner, client });
    await workItemSetLifecycle.delete(old, set.id, state);
    assert.equal(next.ids.a, id);
    assert.deepEqual(
      (await set.stored()).map(({ status }) => status),
      ["NEW"],
    );
  });

  it("gives an item to one of two declarations of the same update", async () => {
    const { set, emulator } = test;
    const { id } = await made("a");
    const client = clientOf(emulator);
    const inputs = await set.inputs({ a: {} }, adopt);
    const [first, second] = await Promise.all(
      [set.owner, `${set.owner}-second`].map(async (owner) => {
        const { create } = workItemSetLifecycle;
        return (await create(platformOf(emulator, { owner, client }), inputs)).state.ids.a;
      }),
    );
    assert.equal(first, id);
    assert.deepEqual(
      (await set.stored()).map((item) => item.id),
      [first, second],
    );
  });

  it("keeps an adopted item whose labels cannot be set for the next update", async () => {
    const { set, emulator } = test;
    const { id } = await made("a", { labels });
    await addFault(emulator, { operation: "setLabels", status: 400 });
    const inputs = await set.inputs({ a: { labels: otherLabels } }, adopt);
    const { state } = await partialOf(workItemSetLifecycle.create(set.platform(), inputs));
    const next = await set.apply(state, inputs);
    assert.deepEqual(next.ids, { a: id });
    assert.deepEqual(
      (await set.stored()).map((item) => item.labels),
      [otherLabels],
    );
  });
});
