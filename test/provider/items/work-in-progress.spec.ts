import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  addFault,
  annotate,
  clearFaults,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  storeOf,
  unclearFaults,
} from "../../../harness/emulator.ts";
import { ServerError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Policy = "refuse" | "cancel" | undefined;
type Status = "NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED";

describe("provider: WorkItem: delete", () => {
  useShortWaits();
  const test = useEmulator();

  /** A work item that people have brought to a status. */
  async function created(status: Status, onWorkInProgress: Policy) {
    const { emulator } = test;
    const name = randomUUID();
    const owner = `urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:WorkItem::${name}`;
    const item = await workItemLifecycle.create(platformOf(emulator, { owner }), {
      projectId: emulator.projectId,
      assetUrl: "uploads/a.png",
      assetType: "image",
      ...(onWorkInProgress !== undefined && { onWorkInProgress }),
    });
    const { workItemId } = item.state;
    if (status === "IN_PROGRESS") {
      const input = { signal: "start", taskType: "labeling", signalOutcome: "OK" } as const;
      await clientOf(emulator).signals.send(emulator.projectId, workItemId, input);
    } else if (status !== "NEW") {
      const outcome = status === "COMPLETED" ? "OK" : "NOT_OK";
      await annotate(emulator, { workItemIDs: [workItemId], outcome });
    }
    await resetRequests(emulator);
    // The state is what the last update knew, when it was new; another process deletes it.
    const platform = platformOf(emulator, { owner });
    return {
      ...item,
      platform,
      name,
      remove: () => workItemLifecycle.delete(platform, item.id, item.state),
    };
  }
  const stored = async (id: string) =>
    (await storeOf(test.emulator)).workItems.find((item) => item.id === id)!;

  const outcomes: [Status, Policy, Status | "refused"][] = [
    ["NEW", undefined, "FAILED"],
    ["NEW", "refuse", "FAILED"],
    ["NEW", "cancel", "FAILED"],
    ["IN_PROGRESS", undefined, "refused"],
    ["IN_PROGRESS", "refuse", "refused"],
    ["IN_PROGRESS", "cancel", "FAILED"],
    ["COMPLETED", undefined, "refused"],
    ["COMPLETED", "refuse", "refused"],
    ["COMPLETED", "cancel", "COMPLETED"],
    ["FAILED", undefined, "FAILED"],
    ["FAILED", "cancel", "FAILED"],
  ];
  for (const [status, policy, outcome] of outcomes) {
    it(`of an item that is ${status}, with onWorkInProgress ${policy}: ${outcome}`, async () => {
      const { state, remove, platform, name } = await created(status, policy);
      const { history } = await stored(state.workItemId);
      if (outcome === "refused") {
        const { message } = await errorOf(remove(), Refusal);
        assert.equal(
          message,
          `work item ${state.workItemId} is ${status}: deleting or replacing it would lose people's work. ` +
            `Leave it as it is; or set onWorkInProgress: "cancel" on the WorkItem "${name}" with nothing else changed, run \`pulumi up\`, and then \`pulumi destroy\` or the change`,
        );
      } else {
        await remove();
      }
      const item = await stored(state.workItemId);
      assert.equal(item.status, outcome === "refused" ? status : outcome);
      const cancelled = item.status !== status;
      assert.deepEqual(
        item.history.slice(history.length).map(({ signal }) => signal),
        cancelled ? ["cancel"] : [],
      );
      const kept = `work item ${item.id} is COMPLETED and stays on the platform with its results`;
      assert.deepEqual(
        platform.told,
        item.status === "COMPLETED" && !outcome.startsWith("r") ? [kept] : [],
      );
    });
  }

  it("of an item that is not listed is refused, as people may have begun", async () => {
    const { state, remove } = await created("IN_PROGRESS", undefined);
    const empty = { status: 200, body: { items: [] }, times: 0 };
    await addFault(test.emulator, { operation: "listWorkItems", ...empty });
    const { message } = await errorOf(remove(), Refusal);
    assert.match(message, /is in the state, but the platform does not list it.*: it is not ended/);
    assert.equal((await stored(state.workItemId)).status, "IN_PROGRESS");
  });

  it("of an item that is not listed cancels it by its id, with onWorkInProgress cancel", async () => {
    const { state, remove } = await created("IN_PROGRESS", "cancel");
    const empty = { status: 200, body: { items: [] }, times: 0 };
    await addFault(test.emulator, { operation: "listWorkItems", ...empty });
    await remove();
    assert.equal((await stored(state.workItemId)).status, "FAILED");
  });

  it("of an item that the platform does not know is done, with onWorkInProgress cancel", async () => {
    const { state, platform } = await created("NEW", "cancel");
    const id = `${test.emulator.projectId}/${test.emulator.spaceId}`;
    await workItemLifecycle.delete(platform, id, state);
    assert.equal((await stored(state.workItemId)).status, "NEW");
  });

  it("fails where the platform says that it cancelled it, and did not", async () => {
    const { state, remove } = await created("NEW", undefined);
    const nothingDone = { status: 200, body: { items: [] } };
    await addFault(test.emulator, { operation: "signalWorkItems", ...nothingDone });
    const { message } = await errorOf(remove(), Refusal);
    assert.match(
      message,
      /^the platform took the signal to cancel work item .*, but it is still NEW/,
    );
    await remove();
    assert.equal((await stored(state.workItemId)).status, "FAILED");
  });

  for (const short of [{ status: 200, body: { items: [] } }, { status: 404 }]) {
    it(`does so too while ${JSON.stringify(short)} hides the item at first`, async () => {
      const { state, remove } = await created("NEW", undefined);
      const nothingDone = { status: 200, body: { items: [] } };
      await addFault(test.emulator, { operation: "signalWorkItems", ...nothingDone });
      await addFault(test.emulator, { operation: "listWorkItems", skip: 1, times: 1, ...short });
      const { message } = await errorOf(remove(), Refusal);
      assert.match(message, /but it is still NEW: nothing is made in its place/);
      await remove();
      assert.equal((await stored(state.workItemId)).status, "FAILED");
    });
  }

  it("does so too if people begin it before the look", async () => {
    const { state, remove } = await created("NEW", undefined);
    const nothingDone = { status: 200, body: { items: [] } };
    await addFault(test.emulator, { operation: "signalWorkItems", ...nothingDone });
    await addFault(test.emulator, {
      operation: "listWorkItems",
      skip: 1,
      times: 1,
      latencyMs: 500,
    });
    const removing = errorOf(remove(), Refusal);
    const { projectId } = test.emulator;
    while (((await requests(test.emulator)).requests.signalWorkItems ?? 0) === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const start = { signal: "start", taskType: "labeling", signalOutcome: "OK" } as const;
    await clientOf(test.emulator).signals.send(projectId, state.workItemId, start);
    assert.match((await removing).message, /nothing is made in its place/);
    assert.equal((await stored(state.workItemId)).status, "IN_PROGRESS");
    await clearFaults(test.emulator);
  });

  it("done twice is done", async () => {
    const { state, remove } = await created("NEW", undefined);
    await remove();
    await remove();
    assert.equal((await stored(state.workItemId)).history.length, 1);
  });

  const unclear: Omit<Fault, "operation">[] = [...unclearFaults, { status: 429, retryAfter: 0 }];
  for (const fault of unclear) {
    it(`cancels once, though ${JSON.stringify(fault)}`, async () => {
      const { state, remove } = await created("NEW", undefined);
      await addFault(test.emulator, { operation: "signalWorkItems", ...fault });
      await remove();
      const { status, history } = await stored(state.workItemId);
      assert.deepEqual([status, history.map(({ signal }) => signal)], ["FAILED", ["cancel"]]);
    });
  }

  it("fails when the service does, and then goes", async () => {
    const { state, remove } = await created("NEW", undefined);
    await addFault(test.emulator, { operation: "signalWorkItems", status: 500, times: 0 });
    await errorOf(remove(), ServerError);
    assert.equal((await requests(test.emulator)).requests.signalWorkItems, 4);
    assert.equal((await stored(state.workItemId)).status, "NEW");
    await clearFaults(test.emulator);
    await remove();
    assert.equal((await stored(state.workItemId)).status, "FAILED");
  });
});
