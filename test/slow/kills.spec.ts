import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import * as aidp from "pulumi-ai-data-platform";
import { addFault, changeSettings, clearFaults, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { processesIn } from "../../harness/processes.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

const items = 300;

describe("a kill in the middle, on a real engine", function () {
  this.timeout(180_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    stack = await TestStack.create(environmentOf(other.emulator));
    await changeSettings(other.emulator, { latencyMs: 400 });
  });
  after(() => stack?.remove());

  const program =
    (difficulty: number, count = items) =>
    async () => {
      const batch = new aidp.Batch("batch", { name: "killed" });
      new aidp.WorkItemSet("photos", {
        batchId: batch.batchId,
        items: Object.fromEntries(
          Array.from({ length: count }, (_, index) => [
            `photo-${index}`,
            { assetUrl: `https://p.example/${index}.jpg`, difficulty },
          ]),
        ),
      });
    };

  async function live() {
    const { workItems } = await storeOf(other.emulator);
    return workItems.filter(({ status }) => status !== "FAILED");
  }

  /** Kills what `word` names once `isTime`, in the middle of an update. */
  async function killDuring(
    update: Promise<unknown>,
    word: string,
    isTime: () => Promise<boolean>,
    signal: NodeJS.Signals = "SIGKILL",
  ): Promise<string> {
    let isOver = false;
    const failure = stack.failure(update).finally(() => {
      isOver = true;
    });
    while (!isOver && !(await isTime())) {
      await delay(5);
    }
    const victims = processesIn(stack.folder, word);
    assert.notEqual(victims.length, 0, `no process ${word} runs`);
    for (const pid of victims) {
      process.kill(pid, signal);
    }
    const message = await failure;
    // A provider that outlived its engine would go on creating.
    while (processesIn(stack.folder, "dynamic-provider").length > 0) {
      await delay(5);
    }
    return message;
  }

  function idsInState(): string[] {
    const { ids } = stack.resource("photos").outputs;
    return Object.values(JSON.parse(String(ids)));
  }

  async function expectExactly(count: number, difficulty: number): Promise<void> {
    const found = await live();
    assert.equal(found.length, count);
    assert.equal(new Set(found.map(({ assetUrl }) => assetUrl)).size, count);
    assert.ok(found.every((item) => item.difficulty === difficulty));
    assert.deepEqual(idsInState().sort(), found.map(({ id }) => id).sort());
  }

  it("of the provider while it creates: the next update makes each item once", async () => {
    await killDuring(
      stack.up(program(1)),
      "dynamic-provider",
      async () => (await live()).length > 50,
    );
    const before = (await live()).length;
    assert.ok(before > 50 && before < items, `${before} items were made before the kill`);
    await stack.up(program(1));
    await expectExactly(items, 1);
  });

  it("by one Ctrl-C while it replaces: what was done is kept, and the next update does the rest", async () => {
    const isTime = async (): Promise<boolean> =>
      (await live()).filter(({ difficulty }) => difficulty === 3).length > 50;
    const message = await killDuring(stack.up(program(3)), "pulumi\0up", isTime, "SIGINT");
    assert.match(message, /cancelled with \d+ left to do/);
    const made = (await live()).filter(({ difficulty }) => difficulty === 3);
    assert.ok(made.length < items, "the set was finished before it stopped");
    const known = new Set(idsInState());
    assert.deepEqual(
      made.filter(({ id }) => !known.has(id)),
      [],
    );
    await stack.up(program(3));
    await expectExactly(items, 3);
  });

  it("of the engine while it replaces: after `pulumi cancel`, each item is there once", async () => {
    const isTime = async (): Promise<boolean> =>
      (await live()).filter(({ difficulty }) => difficulty === 2).length > 50;
    await killDuring(stack.up(program(2)), "pulumi\0up", isTime);
    await stack.cancel();
    await stack.up(program(2));
    await expectExactly(items, 2);
  });

  it("of the provider while it cancels: only what is declared is left", async () => {
    // The first request passes, the others hang: the kill comes in between.
    await addFault(other.emulator, {
      operation: "signalWorkItems",
      latencyMs: 60_000,
      skip: 1,
      times: 0,
    });
    const isTime = async (): Promise<boolean> => (await live()).length < items;
    await killDuring(stack.up(program(2, 20)), "dynamic-provider", isTime);
    await clearFaults(other.emulator);
    await stack.up(program(2, 20));
    await expectExactly(20, 2);
  });
});
