import assert from "node:assert/strict";
import { addFault, clearFaults, clientOf } from "../../../harness/emulator.ts";
import { Failures } from "../../../provider/lifecycle/failures.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { many, partialOf, useTestSet, withMissing } from "../../support/work-item-sets.ts";

const labels = [{ bbox: [1, 2, 3, 4] }];

describe("provider: sets: what fails", () => {
  useShortWaits();
  const test = useTestSet();
  /** The keys that the reasons name. */
  const named = (reasons: string[]) =>
    reasons.flatMap((reason) => [...reason.matchAll(/"(item-\d+)"/g)].map(([, key]) => key!));

  describe("at a create", () => {
    for (const [first, times] of [
      [0, 1],
      [3, 4],
      [9, 1],
      [0, 10],
    ] as const) {
      it(`names the ${times} of 10 items, keeps the rest, and the next update makes them`, async () => {
        const { set } = test;
        const fault = { operation: "createWorkItem", status: 400, skip: first, times };
        await addFault(test.emulator, fault);
        const { state, reasons, message } = await partialOf(set.create(many(10)));
        assert.match(message, new RegExp(`^${times} of 10 work items failed, the others are done`));
        assert.equal(reasons.length, 1);
        assert.match(reasons[0]!, /: POST \/projects\/\S+\/workItems answered 400: Fault \d+/);
        const failed = named(reasons);
        assert.equal(failed.length, times);
        const good = Object.keys(many(10)).filter((key) => !failed.includes(key));
        await set.expectLive(state, ...good);
        assert.equal(state.appliedAt, undefined);
        // The engine keeps the declared inputs after a failure: a refresh must take back what is not there.
        assert.deepEqual(Object.keys((await set.read(state)).inputs!.items).sort(), good.sort());
        const news = await set.inputs(many(10));
        assert.equal(workItemSetLifecycle.diff(state, news).changed, true);

        await set.reset();
        const updated = await set.apply(state, news);
        assert.equal((await set.sent()).createWorkItem, times);
        await set.expectLive(updated, ...Object.keys(many(10)));
        assert.equal(workItemSetLifecycle.diff(updated, news).changed, false);
      });
    }

    it("gives each reason a line of its own", async () => {
      const { set } = test;
      await addFault(test.emulator, { operation: "createWorkItem", status: 400, times: 2 });
      await addFault(test.emulator, { operation: "createWorkItem", status: 409, times: 3 });
      const { reasons, state } = await partialOf(set.create(many(10)));
      assert.equal(reasons.length, 2);
      assert.deepEqual(
        reasons.map(
          (reason) => named([reason]).length + (/ answered (\d+)/.exec(reason)?.[1] ?? ""),
        ),
        ["2400", "3409"],
      );
      assert.equal(Object.keys(state.ids).length, 5);
    });

    it("can be destroyed as far as it was made", async () => {
      const { set } = test;
      await addFault(test.emulator, { operation: "createWorkItem", status: 400, times: 2 });
      const { state } = await partialOf(set.create(many(5)));
      await set.delete(state);
      assert.deepEqual(await set.live(), {});
    });
  });

  describe("at an update", () => {
    const olds = { removed: {}, replaced: {}, relabelled: {}, same: {} };
    const news = { replaced: { difficulty: 1 }, relabelled: { labels }, same: {}, fresh: {} };
    const steps: [operation: string, failed: string[], kept: string[]][] = [
      ["createWorkItem", ["fresh", "replaced"], ["relabelled", "same"]],
      ["setLabels", ["relabelled"], ["fresh", "relabelled", "replaced", "same"]],
      [
        "signalWorkItems",
        ["removed", "replaced"],
        ["fresh", "relabelled", "removed", "replaced", "same"],
      ],
    ];
    for (const [operation, failed, kept] of steps) {
      it(`${operation}: names what failed, and the next update does that alone`, async () => {
        const { set } = test;
        const { state } = await set.create(olds);
        await addFault(test.emulator, { operation, status: 400, times: 0 });
        const partial = await partialOf(set.update(state, news));
        await clearFaults(test.emulator);
        const names = partial.reasons.flatMap((reason) => [...reason.matchAll(/"(\w+)"/g)]);
        assert.deepEqual(names.map(([, key]) => key).sort(), failed);
        await set.expectLive(partial.state, ...kept);
        assert.equal(partial.state.appliedAt, state.appliedAt);
        assert.equal(
          workItemSetLifecycle.diff(partial.state, await set.inputs(news)).changed,
          true,
        );
        const updated = await set.update(partial.state, news);
        await set.expectLive(updated, ...Object.keys(news));
        const live = await set.live();
        assert.deepEqual([live.replaced?.difficulty, live.relabelled?.labels], [1, labels]);
        assert.equal(updated.ids.same, state.ids.same);
        // Each was made once, and once more where it was replaced.
        assert.equal((await set.stored()).length, 6);
      });
    }

    it("makes an item anew that was ended and could not be made", async () => {
      const { set } = test;
      const { state } = await set.create({ a: {} });
      await addFault(test.emulator, { operation: "createWorkItem", status: 400 });
      const partial = await partialOf(set.update(state, { a: { difficulty: 1 } }));
      assert.deepEqual([partial.state.ids, partial.state.items], [{}, {}]);
      const updated = await set.update(partial.state, { a: { difficulty: 1 } });
      await set.expectLive(updated, "a");
    });

    it("one item that is gone does not keep the others from their labels", async () => {
      const { set } = test;
      const { state } = await set.create(many(150));
      const missing = withMissing(state, "item-0", "gone");
      // First of all, so that it fails while others wait.
      const olds = {
        ...missing,
        items: { gone: missing.items.gone!, ...state.items },
        ids: { gone: missing.ids.gone!, ...state.ids },
      };
      const items = { gone: { labels }, ...many(150, { labels }) };
      const { reasons, state: updated } = await partialOf(set.update(olds, items));
      assert.equal(reasons.length, 1);
      assert.match(reasons[0]!, /^"gone": PUT \S+ answered 404/);
      const live = Object.values(await set.live());
      assert.equal(live.filter((item) => item.labels?.length === 1).length, 150);
      assert.deepEqual(updated.ids, olds.ids);
    });
  });

  describe("a failure that every request would meet", () => {
    /** How many items are worked on at once. */
    const atOnce = 64;

    for (const status of [401, 403, 404]) {
      it(`${status} in the middle: no more requests are begun, and what was made is kept`, async () => {
        const { set } = test;
        const fault = { operation: "createWorkItem", status, skip: 100, times: 0 };
        await addFault(test.emulator, fault);
        const { state, reasons } = await partialOf(set.create(many(400)));
        const { createWorkItem } = await set.sent();
        assert.ok(createWorkItem! <= 100 + atOnce, `${createWorkItem} creations`);
        assert.equal(Object.keys(state.ids).length, 100);
        await set.expectLive(state, ...Object.keys(state.ids));
        assert.equal(reasons.length, 1);
        assert.match(reasons[0]!, / and 200 more: POST /);
        await clearFaults(test.emulator);
        await set.reset();
        const updated = await set.update(state, many(400));
        assert.equal((await set.sent()).createWorkItem, 300);
        await set.expectLive(updated, ...Object.keys(many(400)));
      });
    }

    it("in the cancels: what comes after them is not begun", async () => {
      const { set } = test;
      const { state } = await set.create({ ...many(3), gone: {} });
      await set.reset();
      await addFault(test.emulator, { operation: "signalWorkItems", status: 401, times: 0 });
      const partial = await partialOf(set.update(state, { ...many(3, { labels }), fresh: {} }));
      const { setLabels, createWorkItem } = await set.sent();
      assert.deepEqual([setLabels, createWorkItem], [undefined, undefined]);
      assert.deepEqual(partial.state.ids, state.ids);
    });

    it("in the look for leftovers: nothing is begun at all", async () => {
      const { set, emulator } = test;
      const { state } = await set.create(many(3));
      await set.reset();
      const wrong = platformOf(emulator, { owner: set.owner, client: clientOf(emulator, "wrong") });
      const news = await set.inputs({ fresh: {} });
      await assert.rejects(workItemSetLifecycle.update(wrong, set.id, state, news), {
        name: "AuthenticationError",
      });
      assert.deepEqual(await set.sent(), { listWorkItems: 1 });
      await set.expectLive(state, ...Object.keys(many(3)));
    });
  });

  it("lists 100 keys for a reason, and says how many more there are", () => {
    const failures = new Failures();
    for (let index = 0; index < 250; index += 1) {
      failures.add(`k${index}`, new Error(`it failed (request id r${index}). Try again`));
    }
    failures.add('"x"', "another reason");
    const [first, second, ...others] = failures.lines();
    assert.match(
      first!,
      /^"k0", "k1", .*, "k99" and 150 more: it failed \(request id r0\)\. Try again$/,
    );
    assert.equal(second, '"\\"x\\"": another reason');
    assert.deepEqual([others, failures.size], [[], 251]);
  });
});
