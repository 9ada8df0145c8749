import assert from "node:assert/strict";
import { addFault, clearFaults, type Fault } from "../../../harness/emulator.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { isAll } from "../../support/tier.ts";
import { many, partialOf, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];

describe("provider: sets: a service that fails at everything alike", () => {
  useShortWaits();
  const test = useTestSet();
  const size = isAll ? 1_000 : 150;
  const cases: [what: string, fault: Omit<Fault, "operation">, most: number][] = [
    ["with 500", { status: 500 }, 6],
    ["in another shape", { status: 201, body: { data: {} } }, 1],
    ["with 405", { status: 405 }, 1],
    ["with 400", { status: 400 }, 64],
  ];
  // The waits before each repetition take seconds.
  if (isAll) {
    cases.push(
      ["with a lost connection", { reset: "before" }, 6],
      ["with 501", { status: 501 }, 3],
    );
  }
  for (const [what, fault, most] of cases) {
    it(`${what} is asked ${most} times for ${size} items, and nothing is made`, async () => {
      const { set } = test;
      await addFault(test.emulator, { operation: "createWorkItem", ...fault, times: 0 });
      const { message, reasons } = await partialOf(set.create(many(size)));
      const { createWorkItem, listWorkItems } = await set.sent();
      assert.equal(createWorkItem, most);
      assert.ok(listWorkItems! <= 25, `${listWorkItems} listings`);
      assert.ok(message.includes(`${size.toLocaleString("en-US")} work items failed`), message);
      assert.ok(reasons.length <= 2);
      assert.deepEqual(await set.stored(), []);
    });
  }

  it("makes no second item where all are made and none is answered in a known shape", async () => {
    const { set } = test;
    const fault = { status: 200, body: { data: {} }, workDone: true, times: 0 };
    await addFault(test.emulator, { operation: "createWorkItem", ...fault });
    const { state } = await set.create(many(5));
    assert.equal((await set.stored()).length, 5);
    await set.expectLive(state, ...Object.keys(many(5)));
  });

  it("ends an update in the middle after 64 failures in a row, and keeps what was done", async function () {
    if (!isAll) {
      this.skip();
    }
    const { set } = test;
    const fault = { operation: "createWorkItem", status: 500, skip: 100, times: 0 };
    await addFault(test.emulator, fault);
    const { state } = await partialOf(set.create(many(size)));
    assert.equal(Object.keys(state.ids).length, 100);
    const { createWorkItem } = await set.sent();
    assert.ok(createWorkItem! <= 100 + 3 * 2 * 64, `${createWorkItem} requests`);
    await clearFaults(test.emulator);
    await set.expectLive(await set.update(state, many(200)), ...Object.keys(many(200)));
  });

  for (const [operation, most] of [
    ["setLabels", 10],
    ["signalWorkItems", 8],
  ] as const) {
    it(`${operation} with 500 is asked at most ${most} times for ${size} items`, async () => {
      const { set } = test;
      const { state } = await set.create(many(size));
      await addFault(test.emulator, { operation, status: 500, times: 0 });
      await set.reset();
      const news = operation === "setLabels" ? many(size, { labels }) : {};
      await partialOf(set.update(state, news));
      const { [operation]: requests } = await set.sent();
      assert.ok(requests! <= most, `${requests} requests`);
      assert.equal(Object.keys(await set.live()).length, size);
    });
  }
});
