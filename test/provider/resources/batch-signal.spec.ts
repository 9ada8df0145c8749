import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  requests,
  resetRequests,
  unclearFaults,
} from "../../../harness/emulator.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchSignalLifecycle } from "../../../provider/resources/batch-signal.ts";
import { BatchOfItems, checked, reasonsOf } from "../../support/batch-of-items.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";

type Inputs = Parameters<typeof batchSignalLifecycle.create>[1];
type State = Parameters<typeof batchSignalLifecycle.update>[2];

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("provider: BatchSignal", () => {
  const test = useEmulator();
  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::signal" });
  const inputs = (news: Plain) => checked<Inputs>(batchSignalLifecycle, test.emulator, news);
  const create = async (news: Plain) => batchSignalLifecycle.create(platform(), await inputs(news));
  const sent = async () => (await requests(test.emulator)).requests;

  /** One item that nobody began, one in progress, one completed, one cancelled, and more that nobody began. */
  async function mixed(more = 0): Promise<BatchOfItems> {
    const batch = await BatchOfItems.create(test.emulator, 4 + more);
    await batch.signal(1, "start");
    await batch.signal(2, "start");
    await batch.signal(2, "complete");
    await batch.signal(3, "cancel");
    await resetRequests(test.emulator);
    return batch;
  }

  const unmoved = ["NEW", "IN_PROGRESS start", "COMPLETED start complete", "FAILED cancel"];
  const moves: [signal: string, status: string | undefined, after: Record<number, string>][] = [
    ["start", undefined, { 0: "IN_PROGRESS start" }],
    ["release", undefined, { 1: "NEW start release" }],
    ["complete", undefined, { 1: "COMPLETED start complete" }],
    ["cancel", undefined, { 0: "FAILED cancel", 1: "FAILED start cancel" }],
    ["reopen", undefined, { 2: "NEW start complete reopen", 3: "NEW cancel reopen" }],
    ["cancel", "NEW", { 0: "FAILED cancel" }],
    ["reopen", "FAILED", { 3: "NEW cancel reopen" }],
  ];
  for (const [signal, status, after] of moves) {
    const ofStatus = status === undefined ? "may get it" : `are ${status}`;
    it(`sends ${signal} to the items that ${ofStatus}, and to no others`, async () => {
      const batch = await mixed();
      const other = await BatchOfItems.create(test.emulator, 1);
      const { batchId } = batch;
      const { state } = await create({ signal, batchId, ...(status && { status }) });
      assert.deepEqual(await batch.lives(), Object.assign([...unmoved], after));
      assert.deepEqual(await other.lives(), ["NEW"]);
      const indexes = Object.keys(after).map(Number);
      assert.deepEqual(state.signaledIds, indexes.map((index) => batch.ids[index]).sort());
      assert.equal(state.signaled, indexes.length);
      const statuses = indexes.map((index) => after[index]?.split(" ")[0] ?? "");
      assert.deepEqual(state.statuses, { [statuses[0]!]: indexes.length });
    });
  }

  it("reaches 250 in 3 requests, with comments, and as the id of the batch's resource", async () => {
    const batch = await BatchOfItems.create(test.emulator, 250);
    await resetRequests(test.emulator);
    const batchId = `${test.emulator.projectId}/${batch.batchId}`;
    const { state } = await create({ signal: "cancel", batchId, feedback: ["wrong camera"] });
    assert.equal((await sent()).signalWorkItems, 3);
    assert.equal(state.batchId, batch.batchId);
    assert.deepEqual(new Set(await batch.lives()), new Set(["FAILED cancel"]));
    assert.deepEqual(new Set((await batch.comments()).flat()), new Set(["wrong camera"]));
  });

  it("sends nothing where the batch has no such item, or none at all", async () => {
    const batch = await BatchOfItems.create(test.emulator, 0);
    await resetRequests(test.emulator);
    const { state } = await create({ signal: "cancel", batchId: batch.batchId });
    assert.deepEqual([state.signaled, state.statuses], [0, {}]);
    assert.equal((await sent()).signalWorkItems, undefined);
  });

  it("refuses a batch that is not in the project", async () => {
    const { message } = await errorOf(create({ signal: "cancel", batchId: 999_999 }), Refusal);
    assert.equal(message, `batchId 999999 is not a batch of project ${test.emulator.projectId}`);
  });

  it("is not sent again for what becomes of the batch, and does nothing when it is destroyed", async () => {
    const batch = await BatchOfItems.create(test.emulator, 2);
    const news = { signal: "start", batchId: batch.batchId };
    const { id, state } = await create(news);
    await batch.add();
    await annotate(test.emulator, { workItemIDs: batch.ids.slice(0, 1) });
    await resetRequests(test.emulator);
    const same = await inputs(news);
    const none = { changed: false, replaces: [] };
    assert.deepEqual(batchSignalLifecycle.diff(state, same), none);
    assert.deepEqual(batchSignalLifecycle.diff(same as State, state), none);
    assert.deepEqual(await batchSignalLifecycle.read(platform(), id, state), { state });
    await batchSignalLifecycle.delete(platform(), id, state);
    assert.deepEqual(await sent(), {});
  });

  for (const change of [
    { signal: "cancel" },
    { batchId: "8" },
    { status: "NEW" },
    { feedback: ["dark"] },
    { triggers: ["2"] },
    { batchId: unknown },
    { triggers: [unknown] },
  ] as Plain[]) {
    it(`is replaced for ${JSON.stringify(change).replace(unknown, "?")}`, async () => {
      const news = { signal: "start", batchId: "7", triggers: ["1"] };
      const state = (await inputs(news)) as State;
      const other = (await batchSignalLifecycle.check(
        { ...state, ...change },
        {},
        { projectId: undefined, spaceId: undefined },
      )) as unknown as { inputs: Inputs };
      const { changed, replaces } = batchSignalLifecycle.diff(state, other.inputs);
      assert.deepEqual([changed, replaces], [true, Object.keys(change)]);
    });
  }

  for (const fault of unclearFaults) {
    it(`reaches each once, though ${JSON.stringify(fault)}`, async () => {
      const batch = await mixed(120);
      await addFault(test.emulator, { operation: "signalWorkItems", ...fault });
      const { state } = await create({ signal: "cancel", batchId: batch.batchId });
      const [first, second, ...others] = await batch.lives();
      assert.deepEqual([first, second], ["FAILED cancel", "FAILED start cancel"]);
      assert.deepEqual(new Set(others.slice(2)), new Set(["FAILED cancel"]));
      assert.equal(state.signaled, 122);
    });
  }

  it("leaves out an item that gets another status before the signal reaches it", async () => {
    const batch = await BatchOfItems.create(test.emulator, 3);
    const at = platform();
    const { signals } = at.client;
    const sendMany = signals.sendMany.bind(signals);
    signals.sendMany = async (...args) => {
      signals.sendMany = sendMany;
      await batch.signal(1, "start");
      await sendMany(...args);
    };
    const news = await inputs({ signal: "start", batchId: batch.batchId });
    const { state } = await batchSignalLifecycle.create(at, news);
    assert.deepEqual(await batch.lives(), Array(3).fill("IN_PROGRESS start"));
    assert.deepEqual(state.signaledIds, [batch.ids[0], batch.ids[2]].sort());
  });

  it("says which statuses the signal is allowed from, where all with the given one are refused", async () => {
    const batch = await mixed();
    const news = { signal: "cancel", batchId: batch.batchId, status: "COMPLETED" };
    const { message } = await errorOf(create(news), Refusal);
    assert.equal(
      message,
      `the signal cancel was not sent: "${batch.ids[2]}": the work item is COMPLETED, and the signal cancel is allowed from NEW and IN_PROGRESS only`,
    );
    assert.deepEqual(await batch.lives(), unmoved);
  });

  it("keeps what was sent when a request fails, and sends it to the rest next time", async () => {
    const batch = await BatchOfItems.create(test.emulator, 150);
    await addFault(test.emulator, { operation: "signalWorkItems", status: 400, skip: 1 });
    const news = { signal: "reopen", batchId: batch.batchId };
    await annotate(test.emulator, { workItemIDs: batch.ids });
    const failed = await errorOf(create(news), PartialFailure);
    const state = failed.state as State;
    assert.ok([50, 100].includes(state.signaled));
    assert.equal(batchSignalLifecycle.diff(state, await inputs(news)).changed, true);

    // One that got it is finished once more: it must not be opened again.
    const [again] = state.signaledIds;
    await annotate(test.emulator, { workItemIDs: [again!] });
    await resetRequests(test.emulator);
    const updated = await batchSignalLifecycle.update(
      platform(),
      failed.id,
      state,
      await inputs(news),
    );
    assert.equal((await sent()).signalWorkItems, 1);
    assert.equal(updated.signaled, 150);
    assert.equal(batchSignalLifecycle.diff(updated, await inputs(news)).changed, false);
    const reopened = (await batch.lives()).map((life) => life.split("reopen").length - 1);
    assert.deepEqual(new Set(reopened), new Set([1]));
  });

  const bad: [Plain, string | RegExp][] = [
    [{ signal: "start" }, /^batchId must be a batch's batchId .*, got undefined$/],
    [{ signal: "start", batchId: "seven" }, /^batchId must be .*, got "seven"$/],
    [
      { signal: "start", batchId: 7, status: "OPEN" },
      'status must be one of "NEW", "IN_PROGRESS", "COMPLETED", "FAILED", got "OPEN"',
    ],
    [{ batchId: 7 }, /^signal must be one of /],
    [
      { signal: "start", batchId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff/7" },
      /^batchId is of project 6f9619ff/,
    ],
    [
      { signal: "start", batchId: 7, workItemIds: [] },
      "workItemIds is not an input of this resource",
    ],
  ];
  for (const [news, reason] of bad) {
    it(`refuses ${JSON.stringify(news)}`, async () => {
      const [said, ...others] = await reasonsOf(batchSignalLifecycle, news);
      assert.deepEqual(others, []);
      assert.match(said ?? "", typeof reason === "string" ? new RegExp(`^${reason}$`) : reason);
    });
  }

  it("takes what is not known yet", async () => {
    const news = { signal: unknown, batchId: unknown, status: unknown, feedback: unknown };
    assert.deepEqual(await reasonsOf(batchSignalLifecycle, news), []);
  });
});
