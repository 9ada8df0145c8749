import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  addFault,
  annotate,
  clientOf,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import type { WorkItemInput, WorkItemWire } from "../../../provider/api/work-items.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";

type Inputs = Parameters<typeof workItemLifecycle.create>[1];

const labels = [{ bbox: [1, 2, 3, 4] }];
const otherLabels = [{ bbox: [5, 6, 7, 8] }];

describe("provider: WorkItem: adopting what exists", () => {
  const test = useEmulator();
  let asset = "";
  beforeEach(() => {
    asset = `uploads/${randomUUID()}.png`;
  });

  const inputs = (more: Plain = {}): Inputs => ({
    projectId: test.emulator.projectId,
    assetUrl: asset,
    assetType: "image",
    adopt: true,
    ...more,
  });
  const owner = () => `urn:pulumi:dev::labeling::aidp:WorkItem::${asset}`;
  const platform = (by = owner()) => platformOf(test.emulator, { owner: by });
  const stored = async () =>
    (await storeOf(test.emulator)).workItems.filter((item) => item.assetUrl === asset);

  /** A work item that a person or a script made. */
  async function made(more: Partial<WorkItemInput> = {}): Promise<WorkItemWire> {
    const input = { assetUrl: asset, assetType: "image", ...more };
    const item = await clientOf(test.emulator).workItems.create(test.emulator.projectId, input);
    await resetRequests(test.emulator);
    return item;
  }

  it("adopts the one with its asset as it is, finished or not", async () => {
    const { id: workItemId } = await made({ labels, metadata: { by: "hand" } });
    await annotate(test.emulator, { workItemIDs: [workItemId] });
    const before = await stored();
    const { id, state } = await workItemLifecycle.create(platform(), inputs());
    assert.deepEqual(await stored(), before);
    assert.equal(id, `${test.emulator.projectId}/${workItemId}`);
    assert.deepEqual([state.status, "adopt" in state], ["COMPLETED", false]);
    assert.equal((await requests(test.emulator)).requests.createWorkItem, undefined);
    const read = await workItemLifecycle.read(platform(), id, state);
    assert.equal(workItemLifecycle.diff(read!.state, inputs()).changed, false);
  });

  it("creates one where there is none", async () => {
    const { state } = await workItemLifecycle.create(platform(), inputs());
    assert.deepEqual(
      (await stored()).map(({ id }) => id),
      [state.workItemId],
    );
  });

  it("sets the labels that are declared", async () => {
    await made({ labels });
    await workItemLifecycle.create(platform(), inputs({ labels: otherLabels }));
    assert.deepEqual(
      (await stored()).map((item) => item.labels),
      [otherLabels],
    );
  });

  it("keeps it for the next update when its labels cannot be set", async () => {
    const { id: workItemId } = await made({ labels, difficulty: 5 });
    await addFault(test.emulator, { operation: "setLabels", status: 400 });
    const news = inputs({ labels: otherLabels, difficulty: 9 });
    const { id, state } = await errorOf(workItemLifecycle.create(platform(), news), PartialFailure);
    const olds = state as Parameters<typeof workItemLifecycle.update>[2];
    assert.deepEqual(workItemLifecycle.diff(olds, news), { changed: true, replaces: [] });
    const next = await workItemLifecycle.update(platform(), id, olds, news);
    assert.equal(next.workItemId, workItemId);
    assert.equal(workItemLifecycle.diff(next, news).changed, false);
    assert.deepEqual(
      (await stored()).map((item) => item.labels),
      [otherLabels],
    );
  });

  it("leaves what differs as it is until its declaration changes", async () => {
    await made({ difficulty: 5, metadata: { a: 1 } });
    const told = platform();
    const news = inputs({ difficulty: 9, metadata: { a: 2 } });
    const { id, state } = await workItemLifecycle.create(told, news);
    assert.match(told.warned.join(), /^1 adopted work item differs .*\(difficulty, metadata\)/);
    const read = await workItemLifecycle.read(platform(), id, state);
    assert.equal(workItemLifecycle.diff(read!.state, news).changed, false);
    assert.deepEqual([read?.inputs?.difficulty, read?.inputs?.metadata], [9, { a: 2 }]);

    const corrected = inputs({ difficulty: 5 });
    const found = workItemLifecycle.diff(read!.state, corrected);
    assert.deepEqual(found, { changed: true, replaces: [] });
    const next = await workItemLifecycle.update(platform(), id, read!.state, corrected);
    assert.equal(next.asFound, undefined);
    const another = inputs({ difficulty: 10, metadata: { a: 2 } });
    assert.deepEqual(workItemLifecycle.diff(read!.state, another).replaces, ["difficulty"]);
    const [item] = await stored();
    assert.deepEqual([item?.status, item?.difficulty], ["NEW", 5]);
  });

  it("never takes one that another declaration made", async () => {
    await workItemLifecycle.create(platform("urn:pulumi:prod::a::aidp:WorkItem::x"), inputs());
    const { message } = await errorOf(workItemLifecycle.create(platform(), inputs()), Refusal);
    assert.match(message, /WorkItem "x" of stack prod of project a made it: it is not adopted/);
    assert.equal((await stored()).length, 1);
  });

  it("gives two declarations of one update an item each", async () => {
    await made();
    await made();
    const client = clientOf(test.emulator);
    const states = await Promise.all(
      ["one", "two"].map((by) =>
        workItemLifecycle.create(platformOf(test.emulator, { owner: by, client }), inputs()),
      ),
    );
    assert.equal(new Set(states.map(({ id }) => id)).size, 2);
    assert.equal((await stored()).length, 2);
  });

  it("makes a new one in the place of the one that is replaced", async () => {
    const { id: workItemId } = await made();
    const own = platform();
    const { id, state } = await workItemLifecycle.create(own, inputs());
    const next = platformOf(test.emulator, { owner: owner() });
    await workItemLifecycle.delete(next, id, state);
    const { state: replaced } = await workItemLifecycle.create(next, inputs({ difficulty: 1 }));
    assert.notEqual(replaced.workItemId, workItemId);
    assert.deepEqual(
      (await stored()).map(({ status }) => status),
      ["FAILED", "NEW"],
    );
  });

  it("is not cancelled by its old declaration, once a new one has it", async () => {
    await made();
    const { id, state } = await workItemLifecycle.create(platform(), inputs());
    const client = clientOf(test.emulator);
    const renamed = platformOf(test.emulator, { owner: "urn:renamed", client });
    await workItemLifecycle.create(renamed, inputs());
    await workItemLifecycle.delete(
      platformOf(test.emulator, { owner: owner(), client }),
      id,
      state,
    );
    assert.deepEqual(
      (await stored()).map(({ status }) => status),
      ["NEW"],
    );
  });
  it("has the one that moves here rather than one made by hand", async () => {
    const client = clientOf(test.emulator);
    const batch = await client.batches.create(test.emulator.projectId, { name: randomUUID() });
    const from = platformOf(test.emulator, {
      client,
      owner: "urn:pulumi:dev::labeling::aidp:WorkItemSet::a",
    });
    const { projectId } = test.emulator;
    const place = { projectId, batchId: batch.id };
    const item = JSON.stringify({ assetUrl: asset });
    const { state: olds } = await workItemSetLifecycle.create(from, { ...place, items: { item } });
    await made({ batchId: batch.id });
    const news = inputs({ batchId: batch.id });
    const to = platformOf(test.emulator, { client: clientOf(test.emulator), owner: owner() });
    const later = { ...from, client: to.client };
    workItemSetLifecycle.recordHoldings?.(later, { ...olds }, { ...place, items: {} });
    workItemLifecycle.recordHoldings?.(to, {}, news);
    const { state } = await workItemLifecycle.create(to, news);
    assert.equal(state.workItemId, olds.ids.item);
    assert.equal((await stored()).length, 2);
  });
});
