import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  clearFaults,
  clientOf,
  type Fault,
  storeOf,
  unclearFaults,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { AuthenticationError, ServerError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import {
  many,
  partialOf,
  type SetState,
  useTestSet,
  withMissing,
} from "../../support/work-item-sets.ts";

describe("provider: sets: destroy", () => {
  useShortWaits();
  const test = useTestSet();
  /** The status of each item, with the signals that it got. */
  const ends = async () =>
    (await test.set.stored()).map((item) => [
      test.set.keyOf(item),
      item.status,
      item.history.map(({ signal }) => signal).join(),
    ]);
  const cancelled = (size: number) =>
    Object.keys(many(size)).map((key) => [key, "FAILED", "cancel"]);
  const sorted = (rows: string[][]) => rows.map((row) => row.join(" ")).sort();

  for (const size of [0, 1, 100, 101, 250]) {
    // The status before, the signal, and the status after it.
    const most = 3 * Math.ceil(size / 100);
    it(`cancels ${size} items, each once, in at most ${most} requests`, async () => {
      const { set } = test;
      const { state } = await set.create(many(size));
      await set.reset();
      await set.delete(state);
      const sent = Object.values(await set.sent()).reduce((sum, count) => sum + count, 0);
      assert.ok(sent <= most, `${sent} requests`);
      assert.deepEqual(sorted(await ends()), sorted(cancelled(size)));
    });
  }

  it("does so in the project's batch Default as well", async () => {
    const { set } = test;
    const { state } = await set.create(many(2), { batchId: undefined });
    await set.reset();
    await set.delete(state);
    const sent = Object.values(await set.sent()).reduce((sum, count) => sum + count, 0);
    assert.ok(sent <= 3, `${sent} requests`);
    const { workItems } = await storeOf(test.emulator);
    const mine = workItems.filter(({ id }) => Object.values(state.ids).includes(id));
    assert.deepEqual(
      mine.map(({ status }) => status),
      ["FAILED", "FAILED"],
    );
  });

  for (const status of ["IN_PROGRESS", "COMPLETED"] as const) {
    const begin = async (): Promise<SetState> => {
      const { set } = test;
      const { state } = await set.create(many(150));
      if (status === "IN_PROGRESS") {
        await set.signal(state.ids["item-120"], "start");
      } else {
        await annotate(test.emulator, { workItemIDs: [state.ids["item-120"]!] });
      }
      return state;
    };

    it(`is refused as a whole when one is ${status}: none is cancelled`, async () => {
      const { set } = test;
      const state = await begin();
      const { message } = await errorOf(set.delete(state), Refusal);
      assert.match(
        message,
        new RegExp(
          `^1 of 150 work items must not be ended, so none was; the first is "item-120": work item ${state.ids["item-120"]} is ${status}: destroying or replacing the set would lose people's work\\. Leave it as it is; or set onWorkInProgress: "cancel" on the WorkItemSet "[^"]+" with nothing else changed, run \`pulumi up\`, and then \`pulumi destroy\``,
        ),
      );
      assert.equal(Object.keys(await set.live()).length, 150);
      assert.equal((await set.sent()).signalWorkItems, undefined);
    });

    it(`with "cancel", ends all though one is ${status}; finished work stays`, async () => {
      const { set } = test;
      const state = await begin();
      await set.delete({ ...state, onWorkInProgress: "cancel" });
      const live = Object.values(await set.live()).map((item) => item.status);
      assert.deepEqual(live, status === "COMPLETED" ? ["COMPLETED"] : []);
    });
  }

  it("is not refused for the work on items that are not of the set", async () => {
    const { set } = test;
    const { state } = await set.create(many(2));
    const { id } = await clientOf(test.emulator).workItems.create(test.emulator.projectId, {
      assetUrl: "a",
      assetType: "image",
      batchId: set.batchId,
      metadata: { pulumiUrn: set.owner, pulumiKey: "other", pulumiIncarnation: "another" },
    });
    await set.signal(id, "start");
    await set.delete(state);
    assert.deepEqual(Object.keys(await set.live()), ["other"]);
  });

  it("does not fail for items that others cancelled before", async () => {
    const { set } = test;
    const { state } = await set.create(many(5));
    await set.signal(state.ids["item-0"], "cancel");
    await set.signal(state.ids["item-3"], "cancel");
    await set.delete(state);
    assert.deepEqual(sorted(await ends()), sorted(cancelled(5)));
  });

  it("is refused as a whole for an item that is not listed: people may have begun", async () => {
    const { set } = test;
    const { state } = await set.create(many(3));
    const { message } = await errorOf(set.delete(withMissing(state, "item-0", "gone")), Refusal);
    assert.match(message, /^1 of 4 .* the first is "gone": .* does not list it/);
    assert.equal(Object.keys(await set.live()).length, 3);
  });

  it('with "cancel", does not fail for an item that the platform does not know', async () => {
    const { set } = test;
    const { state } = await set.create(many(3), { onWorkInProgress: "cancel" });
    await set.delete(withMissing(state, "item-0", "gone"));
    assert.deepEqual(sorted(await ends()), sorted(cancelled(3)));
  });

  it("is refused while begun work is not listed: none is cancelled", async () => {
    const { set } = test;
    const { state } = await set.create(many(3));
    await set.signal(state.ids["item-1"], "start");
    const empty = { status: 200, body: { items: [] }, times: 0 };
    await addFault(test.emulator, { operation: "listWorkItems", ...empty });
    await errorOf(set.delete(state), Refusal);
    assert.equal(Object.keys(await set.live()).length, 3);
  });

  it("fails where the platform says that it cancelled all, and did not", async () => {
    const { set } = test;
    const { state } = await set.create(many(3));
    const nothingDone = { status: 200, body: { items: [] } };
    await addFault(test.emulator, { operation: "signalWorkItems", ...nothingDone });
    const { message } = await errorOf(set.delete(state), Refusal);
    assert.match(message, /^the platform took the signal to cancel work item .* still NEW/);
    await set.delete(state);
    assert.deepEqual(sorted(await ends()), sorted(cancelled(3)));
  });

  it("nothing is made in the place of an item that was not cancelled", async () => {
    const { set } = test;
    const { state } = await set.create(many(2));
    const nothingDone = { status: 200, body: { items: [] } };
    await addFault(test.emulator, { operation: "signalWorkItems", ...nothingDone });
    const items = { ...many(2), "item-1": { difficulty: 9 } };
    const partial = await partialOf(set.update(state, items));
    assert.match(partial.reasons[0]!, /^"item-1": the platform took the signal to cancel/);
    assert.equal((await set.stored()).length, 2);
    const updated = await set.update(partial.state, items);
    await set.expectLive(updated, "item-0", "item-1");
    assert.equal((await set.stored()).length, 3);
  });

  it("done twice is done: nothing gets a second signal", async () => {
    const { set } = test;
    const { state } = await set.create(many(120));
    await set.delete(state);
    await set.delete(state);
    assert.deepEqual(sorted(await ends()), sorted(cancelled(120)));
  });

  it("goes on where an interrupted one stopped", async () => {
    const { set } = test;
    const { state } = await set.create(many(250));
    // The connection to all but the first hundred is refused, as for a process that is killed.
    await addFault(test.emulator, { operation: "signalWorkItems", status: 400, skip: 1, times: 0 });
    await errorOf(set.delete(state));
    await clearFaults(test.emulator);
    assert.equal(Object.keys(await set.live()).length, 150);
    await set.delete(state);
    assert.deepEqual(sorted(await ends()), sorted(cancelled(250)));
  });

  const unclear: Omit<Fault, "operation">[] = [
    ...unclearFaults,
    { status: 409 },
    { status: 429, retryAfter: 0 },
  ];
  for (const fault of unclear) {
    it(`cancels each once, though ${JSON.stringify(fault)}`, async () => {
      const { set } = test;
      const { state } = await set.create(many(120));
      await addFault(test.emulator, { operation: "signalWorkItems", ...fault });
      await set.delete(state);
      assert.deepEqual(sorted(await ends()), sorted(cancelled(120)));
    });
  }

  it("refuses to lose work that began while the first signal was refused", async () => {
    const { set } = test;
    const { state } = await set.create(many(3));
    // Nobody had begun when it looked: the platform lists what is in progress too late.
    await addFault(test.emulator, { operation: "listWorkItems", status: 200, body: { items: [] } });
    await addFault(test.emulator, { operation: "signalWorkItems", status: 409 });
    await set.signal(state.ids["item-1"], "start");
    const { message } = await errorOf(set.delete(state), Refusal);
    assert.match(message, /is IN_PROGRESS: .*people's work/);
    assert.equal(Object.keys(await set.live()).length, 3);
  });

  it("fails when the key is wrong or the service is down, and cancels nothing", async () => {
    const { set, emulator } = test;
    const { state } = await set.create(many(2));
    const wrong = platformOf(emulator, { client: clientOf(emulator, "wrong") });
    await errorOf(workItemSetLifecycle.delete(wrong, set.id, state), AuthenticationError);
    await addFault(emulator, { operation: "signalWorkItems", status: 500, times: 0 });
    await errorOf(set.delete(state), ServerError);
    assert.equal(Object.keys(await set.live()).length, 2);
  });

  describe("on a platform with statuses of its own", () => {
    const server = useRawServer();

    it("is refused for an item of the state that was last read as CLIENT_REVIEW", async () => {
      const signals: string[] = [];
      server.answers(({ method, url, body }, response) => {
        const { searchParams } = new URL(url, server.origin);
        if (method === "POST") {
          signals.push(body);
        }
        const status = searchParams.get("status") ?? "CLIENT_REVIEW";
        const items = status === "CLIENT_REVIEW" ? [{ id: "w", status }] : [];
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ items }));
      });
      const state: SetState = {
        projectId: "p",
        batchId: "1",
        items: { a: "{}" },
        ids: { a: "w" },
        paths: {},
        statusOf: { a: "CLIENT_REVIEW" },
        statuses: { CLIENT_REVIEW: 1 },
      };
      const client = new Client({ apiKey: "key", baseUrl: server.origin });
      const platform = platformOf(test.emulator, { client });
      await errorOf(workItemSetLifecycle.delete(platform, "p/s", state), Refusal);
      assert.deepEqual(signals, []);
    });
  });
});
