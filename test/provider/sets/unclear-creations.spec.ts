import assert from "node:assert/strict";
import { addFault, changeSettings, type Fault } from "../../../harness/emulator.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { many, partialOf, useTestSet } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];

describe("provider: sets: creations without a good answer", () => {
  useShortWaits();
  const test = useTestSet();
  afterEach(() => changeSettings(test.emulator, { consistencyDelayMs: 0 }));

  const unclear: Omit<Fault, "operation">[] = [
    { reset: "before" },
    { reset: "after" },
    { truncate: true },
    { status: 500 },
    { status: 500, workDone: true },
    { status: 504, workDone: true },
    { status: 201, workDone: true, body: "<html>" },
    { status: 429, retryAfter: 0 },
  ];
  for (const fault of unclear) {
    it(`${JSON.stringify(fault)}, four times among 30: each is there once`, async () => {
      const { set } = test;
      await addFault(test.emulator, { operation: "createWorkItem", ...fault, skip: 5, times: 4 });
      const { state } = await set.create(many(30, { labels, difficulty: 3 }));
      await set.expectLive(state, ...Object.keys(many(30)));
      assert.equal((await set.stored()).length, 30);
    });
  }

  it("of replaced items: the ended ones are not taken for them", async () => {
    const { set } = test;
    const { state } = await set.create(many(5));
    await addFault(test.emulator, { operation: "createWorkItem", reset: "after", times: 3 });
    const updated = await set.update(state, many(5, { difficulty: 1 }));
    await set.expectLive(updated, ...Object.keys(many(5)));
    assert.equal((await set.stored()).length, 10);
  });

  it("though they appear in the listing a second later", async () => {
    const { set } = test;
    await changeSettings(test.emulator, { consistencyDelayMs: 300 });
    await addFault(test.emulator, { operation: "createWorkItem", reset: "after", times: 2 });
    const { state } = await set.create(many(5));
    await set.expectLive(state, ...Object.keys(many(5)));
  });

  it("are looked for together, in few listings", async () => {
    const { set } = test;
    await addFault(test.emulator, { operation: "createWorkItem", reset: "after", times: 20 });
    const { state } = await set.create(many(20));
    await set.expectLive(state, ...Object.keys(many(20)));
    const { listWorkItems } = await set.sent();
    assert.ok(listWorkItems! <= 4, `${listWorkItems} listings`);
  });

  it("and the look fails as well: the next update finds it", async () => {
    const { set } = test;
    await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
    await addFault(test.emulator, { operation: "listWorkItems", status: 400, skip: 1, times: 4 });
    const { state, reasons } = await partialOf(set.create(many(5)));
    assert.equal(reasons.length, 1);
    const updated = await set.update(state, many(5));
    await set.expectLive(updated, ...Object.keys(many(5)));
  });

  /** A set of two items, of which one is there without the state knowing it. */
  async function withLeftover() {
    const { set } = test;
    const { state } = await set.create(many(1));
    await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
    await addFault(test.emulator, { operation: "listWorkItems", status: 400, skip: 1, times: 4 });
    const { state: partial } = await partialOf(set.update(state, many(2)));
    assert.equal(Object.keys(await set.live()).length, 2);
    return partial;
  }

  it("and the item is declared no longer: the next update ends it", async () => {
    const { set } = test;
    const updated = await set.update(await withLeftover(), many(1));
    await set.expectLive(updated, "item-0");
  });

  it("and the set is destroyed: that ends it as well", async () => {
    const { set } = test;
    await set.delete(await withLeftover());
    assert.deepEqual(await set.live(), {});
  });
});
