import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import * as aidp from "pulumi-ai-data-platform";
import { annotate, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { processesIn } from "../../harness/processes.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

/** What the program declares; each step changes some of it. */
const declared = { keys: ["a", "b", "c"], round: 0, pollSeconds: 0.05 };

describe("signals and waits, on a real engine", function () {
  this.timeout(180_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
  });
  after(() => stack.remove());

  const program = async () => {
    const { keys, round, pollSeconds } = declared;
    const { id: batchId } = new aidp.Batch("photos", { name: "photos" });
    const items = Object.fromEntries(keys.map((key) => [key, { assetUrl: `uploads/${key}.png` }]));
    const set = new aidp.WorkItemSet("items", { batchId, items, onWorkInProgress: "cancel" });
    const { ids } = set;
    const begin = new aidp.WorkItemSignal("begin", { signal: "start", workItemIds: ids });
    const again =
      round === 0
        ? []
        : [
            new aidp.BatchSignal(
              "again",
              { signal: "reopen", batchId, feedback: ["look again"], triggers: [round] },
              { dependsOn: [begin] },
            ),
          ];
    const done = new aidp.BatchCompletion(
      "done",
      { batchId, pollSeconds, timeoutMinutes: 1, triggers: [round] },
      { dependsOn: [begin, ...again] },
    );
    new aidp.Batch("training", { name: `training-${round}` }, { dependsOn: [done] });
    return { started: begin.signaledIds, completed: done.completedCount };
  };

  async function names(): Promise<string[]> {
    const { batches } = await storeOf(other.emulator);
    return batches.map(({ name }) => name).filter((name) => name !== "Default");
  }

  /** What the items are by now, and the signals that each got. */
  async function lives(): Promise<string[]> {
    const { workItems } = await storeOf(other.emulator);
    return workItems.map(({ status, history }) =>
      [status, ...history.map(({ signal }) => signal)].join(" "),
    );
  }

  /** Waits until the update has looked how far the batch is. */
  async function untilItLooks(): Promise<void> {
    await resetRequests(other.emulator);
    while ((await requests(other.emulator)).requests.listBatches === undefined) {
      await delay(20);
    }
  }

  /** Updates, and lets people work once the update waits for them. */
  async function upWithPeople(): ReturnType<TestStack["up"]> {
    const update = stack.up(program);
    await untilItLooks();
    assert.ok(!(await names()).includes(`training-${declared.round}`), "it waits");
    await annotate(other.emulator);
    return update;
  }

  it("previews what is not known yet, and waits for nothing", async () => {
    const { changes } = await stack.preview(program);
    assert.deepEqual(changes, { create: 6 });
    assert.deepEqual(await names(), []);
  });

  it("signals, waits for people, and then makes what depends on it", async () => {
    const { changes, outputs } = await upWithPeople();
    assert.deepEqual(changes, { create: 6 });
    assert.deepEqual(await lives(), Array(3).fill("COMPLETED start complete"));
    assert.deepEqual(await names(), ["photos", "training-0"]);
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(outputs.started, workItems.map(({ id }) => id).sort());
    assert.equal(outputs.completed, 3);
    const { statuses, signaled } = stack.resource("begin").outputs;
    assert.deepEqual([signaled, statuses], [3, { IN_PROGRESS: 3 }]);
  });

  it("asks the platform for nothing when nothing changed, and a refresh finds no drift", async () => {
    await resetRequests(other.emulator);
    assert.deepEqual((await stack.up(program)).changes, { same: 6 });
    assert.equal((await requests(other.emulator)).total, 0);
    assert.deepEqual((await stack.up(program, { refresh: true })).changes, { same: 6 });
  });

  it("signals an item that comes later, and not the others", async () => {
    declared.keys.push("d");
    assert.deepEqual((await stack.up(program)).changes, { same: 4, update: 2 });
    assert.equal((await lives()).at(-1), "IN_PROGRESS start");
    assert.deepEqual((await lives()).slice(0, 3), Array(3).fill("COMPLETED start complete"));
    await annotate(other.emulator);
  });

  it("sends a batch's signal, and waits anew", async () => {
    declared.round = 1;
    await upWithPeople();
    assert.deepEqual(
      await lives(),
      Array(4).fill("COMPLETED start complete reopen start complete"),
    );
    assert.deepEqual(await names(), ["photos", "training-1"]);
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(workItems[0]?.history[2]?.feedback, { comments: ["look again"] });
  });

  it("sends it once more for another trigger, and shows that as a replacement", async () => {
    declared.round = 2;
    const { changes } = await upWithPeople();
    assert.deepEqual(changes, { same: 4, replace: 2, update: 1 });
    const reopened = (await lives()).map((life) => life.split("reopen").length - 1);
    assert.deepEqual(reopened, [2, 2, 2, 2]);
    await resetRequests(other.emulator);
    assert.deepEqual((await stack.up(program)).changes, { same: 7 });
    assert.equal((await requests(other.emulator)).total, 0);
  });

  it("ends the wait at Ctrl-C, and goes on waiting in the next update", async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    // Without the cancellation, it would look again in five minutes.
    Object.assign(declared, { round: 3, pollSeconds: 300 });
    const update = stack.failure(stack.up(program));
    await untilItLooks();
    for (const pid of processesIn(stack.folder, "pulumi\0up")) {
      process.kill(pid, "SIGINT");
    }
    assert.match(
      await update,
      /the wait was cancelled: .*\. Run the update again to go on waiting/,
    );
    declared.pollSeconds = 0.05;
    await upWithPeople();
    assert.deepEqual(
      (await lives()).map((life) => life.split("reopen").length - 1),
      [3, 3, 3, 3],
    );
    assert.ok((await names()).includes("training-3"));
  });

  it("does nothing on the platform when it is destroyed", async () => {
    const before = await lives();
    await stack.destroy();
    assert.deepEqual(await lives(), before);
  });
});
