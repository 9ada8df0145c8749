import assert from "node:assert/strict";
import {
  addFault,
  clearFaults,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  unclearFaults,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { AuthenticationError } from "../../../provider/api/errors.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSignalLifecycle } from "../../../provider/resources/work-item-signal.ts";
import { BatchOfItems, checked } from "../../support/batch-of-items.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof workItemSignalLifecycle.create>[1];
type State = Parameters<typeof workItemSignalLifecycle.update>[2];

describe("provider: WorkItemSignal: what goes wrong", () => {
  useShortWaits();
  const test = useEmulator();
  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::signal" });
  const inputs = (news: Plain) => checked<Inputs>(workItemSignalLifecycle, test.emulator, news);
  const create = async (news: Plain) =>
    workItemSignalLifecycle.create(platform(), await inputs(news));
  const update = async (id: string, olds: State, news: Plain) =>
    workItemSignalLifecycle.update(platform(), id, olds, await inputs(news));
  const sent = async () => (await requests(test.emulator)).requests;
  const batchOf = async (size: number) => {
    const batch = await BatchOfItems.create(test.emulator, size);
    await resetRequests(test.emulator);
    return batch;
  };
  const partialOf = async (work: Promise<unknown>) => {
    const { id, reasons, message, state } = await errorOf(work, PartialFailure);
    return { id, reasons, message, state: state as State };
  };

  const unclear: Omit<Fault, "operation">[] = [...unclearFaults, { status: 429, retryAfter: 0 }];
  for (const fault of unclear) {
    it(`reaches each of many once, though ${JSON.stringify(fault)}`, async () => {
      const batch = await batchOf(120);
      await addFault(test.emulator, { operation: "signalWorkItems", ...fault });
      const { state } = await create({ signal: "cancel", workItemIds: batch.ids });
      assert.deepEqual(new Set(await batch.lives()), new Set(["FAILED cancel"]));
      assert.equal(state.signaled, 120);
    });

    it(`reaches a single one once, though ${JSON.stringify(fault)}`, async () => {
      const batch = await batchOf(1);
      await addFault(test.emulator, { operation: "signalWorkItem", ...fault });
      const { state } = await create({ signal: "start", workItemId: batch.ids[0] });
      assert.deepEqual(await batch.lives(), ["IN_PROGRESS start"]);
      assert.equal(state.signaled, 1);
    });
  }

  it("takes the platform's words for a refusal that the status does not explain", async () => {
    const batch = await batchOf(1);
    await addFault(test.emulator, {
      operation: "signalWorkItem",
      status: 409,
      body: { message: "the project is closed" },
    });
    const { message } = await errorOf(create({ signal: "start", workItemId: batch.ids[0] }));
    assert.match(message, /answered 409: the project is closed/);
    assert.deepEqual(await batch.lives(), ["NEW"]);
  });

  it("is one clear line for one item that the platform refuses", async () => {
    const batch = await batchOf(1);
    await batch.signal(0, "cancel");
    const [workItemId] = batch.ids;
    const { message } = await errorOf(create({ signal: "start", workItemId }), Refusal);
    assert.equal(
      message,
      `the signal start was not sent: "${workItemId}": the work item is FAILED, and the signal start is allowed from NEW only`,
    );
    assert.deepEqual(await batch.lives(), ["FAILED cancel"]);
  });

  it("names the few that are refused, signals the others, and then sends the rest only", async () => {
    const batch = await batchOf(120);
    await batch.signal(7, "start");
    await batch.signal(7, "complete");
    await batch.signal(9, "start");
    await batch.signal(110, "cancel");
    const [, , , , , , , done, , begun] = batch.ids;
    const workItemIds = Object.fromEntries(batch.ids.map((id, index) => [`item-${index}`, id]));
    const news = { signal: "start", workItemIds };
    const { id, state, reasons, message } = await partialOf(create(news));
    assert.equal(
      message,
      "3 of 120 work items did not get the signal start; the next update sends it to these only",
    );
    assert.deepEqual(reasons.sort(), [
      '"item-110": the work item is FAILED, and the signal start is allowed from NEW only',
      '"item-7": the work item is COMPLETED, and the signal start is allowed from NEW only',
      '"item-9": the work item is IN_PROGRESS, and the signal start is allowed from NEW only; set skipDone: true where it may be so already',
    ]);
    assert.equal(state.signaled, 117);
    assert.ok(![done, begun].some((each) => state.signaledIds.includes(each!)));
    const lives = await batch.lives();
    assert.equal(lives.filter((life) => life === "IN_PROGRESS start").length, 118);

    // Also after a refresh, which forgets that the update failed.
    const found = await workItemSignalLifecycle.read(platform(), id, state);
    assert.equal(workItemSignalLifecycle.diff(found!.state, await inputs(news)).changed, true);

    const { "item-7": _, "item-110": __, ...open } = workItemIds;
    await resetRequests(test.emulator);
    const updated = await update(id, state, { ...news, workItemIds: open, skipDone: true });
    assert.equal(updated.signaled, 118);
    assert.deepEqual((await sent()).signalWorkItems, undefined);
    assert.deepEqual(await batch.lives(), lives);
  });

  it("keeps what was sent when a request of three is refused, and sends the rest next time", async () => {
    const batch = await batchOf(250);
    await addFault(test.emulator, { operation: "signalWorkItems", status: 400, skip: 1 });
    const news = { signal: "start", workItemIds: batch.ids };
    const { id, state, message } = await partialOf(create(news));
    assert.match(message, /^(50|100) of 250 work items did not get the signal start/);
    await resetRequests(test.emulator);
    const updated = await update(id, state, news);
    assert.equal((await sent()).signalWorkItems, 1);
    assert.deepEqual(new Set(await batch.lives()), new Set(["IN_PROGRESS start"]));
    assert.equal(updated.signaled, 250);
    assert.deepEqual(updated.statuses, { IN_PROGRESS: 250 });
  });

  it("refuses what others did, but not what a lost answer did", async () => {
    const batch = await batchOf(2);
    await batch.signal(0, "cancel");
    await addFault(test.emulator, { operation: "signalWorkItems", reset: "after", times: 2 });
    const { state, reasons } = await partialOf(
      create({ signal: "cancel", workItemIds: batch.ids }),
    );
    assert.deepEqual(state.signaledIds, [batch.ids[1]]);
    assert.match(reasons.join(), new RegExp(`^"${batch.ids[0]}": the work item is FAILED`));
    assert.deepEqual(await batch.lives(), ["FAILED cancel", "FAILED cancel"]);
  });

  it("remembers a lost answer while the platform is gone, and then takes the signal as sent", async () => {
    const batch = await batchOf(2);
    await addFault(test.emulator, { operation: "signalWorkItems", reset: "after" });
    await addFault(test.emulator, { operation: "listWorkItems", status: 400, skip: 1, times: 0 });
    const news = { signal: "cancel", workItemIds: batch.ids };
    const { id, state } = await partialOf(create(news));
    assert.deepEqual(state.signaledIds, []);
    await clearFaults(test.emulator);
    const updated = await update(id, state, news);
    assert.deepEqual(await batch.lives(), ["FAILED cancel", "FAILED cancel"]);
    assert.deepEqual([updated.signaled, updated.unclearIds], [2, undefined]);
  });

  it("goes on after an update that was killed, with skipDone", async () => {
    const batch = await batchOf(150);
    await addFault(test.emulator, { operation: "signalWorkItems", status: 400, skip: 1 });
    const news = { signal: "cancel", workItemIds: batch.ids };
    await partialOf(create(news));
    // As after a kill, nothing is known of that.
    const { state } = await create({ ...news, skipDone: true });
    assert.deepEqual(new Set(await batch.lives()), new Set(["FAILED cancel"]));
    assert.equal(state.signaled, 150);
  });

  it("counts nothing, and does not fail, where the statuses after it cannot be read", async () => {
    const batch = await batchOf(1);
    await addFault(test.emulator, { operation: "listWorkItems", status: 400, skip: 1 });
    const at = platform();
    const { state } = await workItemSignalLifecycle.create(
      at,
      await inputs({ signal: "start", workItemIds: batch.ids }),
    );
    assert.deepEqual([state.signaled, state.statuses], [1, {}]);
    assert.match(at.warned.join(), /^the statuses after the signal could not be read: GET /);
  });

  it("sends nothing with a wrong key", async () => {
    const batch = await batchOf(1);
    const at = platformOf(test.emulator, { client: clientOf(test.emulator, "wrong") });
    const news = await inputs({ signal: "start", workItemIds: batch.ids });
    await errorOf(workItemSignalLifecycle.create(at, news), AuthenticationError);
    assert.deepEqual(await batch.lives(), ["NEW"]);
  });

  it("keeps what was sent when it is cancelled", async () => {
    const batch = await batchOf(250);
    const stop = new AbortController();
    const { url, apiKey } = test.emulator;
    const client = new Client({ apiKey, baseUrl: url, concurrency: 1, signal: stop.signal });
    const sendMany = client.signals.sendMany.bind(client.signals);
    client.signals.sendMany = async (...args) => {
      await sendMany(...args);
      stop.abort();
    };
    const news = { signal: "start", workItemIds: batch.ids };
    const work = workItemSignalLifecycle.create(
      platformOf(test.emulator, { client }),
      await inputs(news),
    );
    const { id, state, reasons } = await partialOf(work);
    assert.ok([100, 200].includes(state.signaled), "a request that is under way comes to its end");
    assert.deepEqual(reasons, [
      `cancelled with ${250 - state.signaled} left to do: run it again to go on`,
    ]);
    const updated = await update(id, state, news);
    assert.equal(updated.signaled, 250);
    assert.deepEqual(new Set(await batch.lives()), new Set(["IN_PROGRESS start"]));
  });
});
