import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  changeSettings,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import type { Client } from "../../../provider/api/client.ts";
import { ConnectionLostError, ServerError } from "../../../provider/api/errors.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { withoutDigest } from "../../support/unmarked.ts";

type Inputs = Parameters<typeof workItemLifecycle.create>[1];
type State = Parameters<typeof workItemLifecycle.delete>[2];

const labels = [{ bbox: [1, 2, 3, 4] }];

describe("provider: WorkItem: made exactly once", () => {
  useShortWaits();
  const test = useEmulator();
  let owner = "";
  let batchId = "";
  beforeEach(async function () {
    owner = `urn:pulumi:once::labeling::aidp:index:Any::${this.currentTest?.title}`;
    const { emulator } = test;
    batchId = (await clientOf(emulator).batches.create(emulator.projectId, { name: owner })).id;
    await resetRequests(emulator);
  });
  afterEach(() => changeSettings(test.emulator, { consistencyDelayMs: 0 }));

  const inputs = (more: Plain = {}): Inputs => ({
    projectId: test.emulator.projectId,
    assetUrl: "uploads/a.png",
    assetType: "image",
    batchId,
    ...more,
  });
  /** Of a provider process of its own. */
  const platform = (client?: Client) =>
    platformOf(test.emulator, { owner, ...(client !== undefined && { client }) });
  const create = (more?: Plain, on = platform()) => workItemLifecycle.create(on, inputs(more));
  /** What is in the batch of the spec. */
  const stored = async () =>
    (await storeOf(test.emulator)).workItems.filter((item) => String(item.batchId) === batchId);
  const live = async () => (await stored()).filter(({ status }) => status !== "FAILED");
  const sent = async () => (await requests(test.emulator)).requests;

  describe("when its creation had no good answer", () => {
    const unclear: Omit<Fault, "operation">[] = [
      { reset: "before" },
      { reset: "after" },
      { truncate: true },
      { status: 500 },
      { status: 504, workDone: true },
      { status: 201, workDone: true, body: "<html>" },
    ];
    for (const fault of unclear) {
      it(`${JSON.stringify(fault)}`, async () => {
        await addFault(test.emulator, { operation: "createWorkItem", ...fault });
        const { id, state } = await create({ labels, metadata: { a: 1 } });
        const items = await stored();
        assert.deepEqual(
          items.map((item) => [
            `${item.projectId}/${item.id}`,
            item.labels,
            withoutDigest(item.metadata),
          ]),
          [[id, labels, { a: 1, pulumiUrn: owner, pulumiIncarnation: state.incarnation }]],
        );
        assert.deepEqual([state.labels, state.metadata], [labels, { a: 1 }]);
      });
    }

    it("though it appears in the listing a second later", async () => {
      await changeSettings(test.emulator, { consistencyDelayMs: 300 });
      await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
      const { id } = await create();
      assert.deepEqual(
        (await stored()).map((item) => `${item.projectId}/${item.id}`),
        [id],
      );
    });

    it("in the batch Default, where no batch is declared", async () => {
      await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
      const { state } = await create({ batchId: undefined });
      const { workItems } = await storeOf(test.emulator);
      const mine = workItems.filter(({ metadata }) => metadata?.pulumiUrn === owner);
      assert.deepEqual(
        mine.map(({ id }) => id),
        [state.workItemId],
      );
    });

    it("is given up after three attempts, and then made by the next update", async () => {
      await addFault(test.emulator, { operation: "createWorkItem", status: 500, times: 3 });
      await errorOf(create(), ServerError);
      assert.equal((await sent()).createWorkItem, 3);
      await create();
      assert.equal((await stored()).length, 1);
    });

    it("and the look for it fails as well: the next update finds it", async () => {
      await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
      await addFault(test.emulator, { operation: "listWorkItems", status: 400, skip: 1, times: 4 });
      await errorOf(create());
      const on = platform();
      const { id } = await create({}, on);
      assert.deepEqual(
        (await stored()).map((item) => `${item.projectId}/${item.id}`),
        [id],
      );
      assert.match(on.told[0]!, /was created for this declaration earlier: it is kept, and no/);
    });

    it("and the first look for it fails: a later one finds it, as it may be listed late", async () => {
      await changeSettings(test.emulator, { consistencyDelayMs: 300 });
      await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
      await addFault(test.emulator, { operation: "listWorkItems", status: 403, skip: 1 });
      const { id } = await create();
      await changeSettings(test.emulator, { consistencyDelayMs: 0 });
      assert.deepEqual(
        (await stored()).map((item) => `${item.projectId}/${item.id}`),
        [id],
      );
    });

    it("and the platform is down by then: the error is that of the creation", async () => {
      await addFault(test.emulator, { operation: "createWorkItem", reset: "after" });
      await addFault(test.emulator, { operation: "listWorkItems", status: 503, skip: 1, times: 0 });
      const { message } = await errorOf(create());
      assert.match(message, /^POST .*lost the connection/);
    });
  });

  describe("when an interrupted update left it behind", () => {
    it("with the same values: it is adopted", async () => {
      const more = { labels, metadata: { a: 1 }, difficulty: 5, dueInSeconds: 60 };
      const left = await create(more);
      const again = await create(more);
      const incarnation = "";
      assert.deepEqual(
        { ...again, state: { ...again.state, incarnation } },
        { ...left, state: { ...left.state, incarnation } },
      );
      assert.equal((await stored()).length, 1);
      assert.equal((await sent()).createWorkItem, 1);
    });

    it("with other labels: it is adopted, and gets the declared ones", async () => {
      const left = await create({ labels: [{ bbox: [9, 9, 9, 9] }] });
      const again = await create({ labels });
      assert.equal(again.id, left.id);
      const [item, ...others] = await stored();
      assert.deepEqual([item?.labels, others], [labels, []]);
    });

    it("with other labels, which cannot be set: the next update goes on", async () => {
      const left = await create({ labels: [{ bbox: [9, 9, 9, 9] }] });
      await addFault(test.emulator, { operation: "setLabels", status: 400 });
      const failure = await errorOf(create({ labels }), PartialFailure);
      assert.equal(failure.id, left.id);
      const state = failure.state as State;
      assert.equal(workItemLifecycle.diff(state, inputs({ labels })).changed, true);
      await workItemLifecycle.update(platform(), failure.id, state, inputs({ labels }));
      assert.deepEqual((await stored())[0]?.labels, labels);
    });

    it("with a deadline that is a few seconds off, as it is counted anew", async () => {
      const dueAt = new Date(Date.now() + 3_600_000).toISOString();
      const left = await create({ dueInSeconds: 3_590 });
      assert.equal((await create({ dueAt })).id, left.id);
    });

    const others: [string, Plain, Plain][] = [
      ["another value", { difficulty: 5 }, { difficulty: 6 }],
      ["a value that was not declared then", {}, { difficulty: 6 }],
      ["a value that is not declared any more", { difficulty: 5 }, {}],
      ["metadata that is not declared any more", { metadata: { a: 1 } }, {}],
      ["another deadline", { dueInSeconds: 60 }, { dueInSeconds: 61 }],
    ];
    for (const [what, then, now] of others) {
      // Nothing tells it from that of another stack of the same names.
      it(`with ${what}: it is neither ended nor made anew`, async () => {
        const left = await create(then);
        const { message } = await errorOf(create(now), Refusal);
        const { workItemId } = left.state;
        assert.match(message, new RegExp(`^work item ${workItemId} \\(NEW\\) carries this declar`));
        assert.deepEqual(
          (await stored()).map(({ id, status }) => [id, status]),
          [[workItemId, "NEW"]],
        );
        // Both ways out: as it was made, or as it is.
        assert.equal((await create(then)).id, left.id);
        assert.equal((await create({ ...now, adopt: true })).id, left.id);
      });

      it(`with ${what}, and the state has another one: a new one is made, the old one stays`, async () => {
        const left = await create(then);
        const on = { ...platform(), replaced: new Set([left.state.workItemId]) };
        const again = await create(now, on);
        assert.deepEqual(
          (await live()).map(({ id }) => id),
          [left.state.workItemId, again.state.workItemId],
        );
        assert.match(on.warned.join(), new RegExp(`^work item ${left.state.workItemId} \\(NEW\\)`));
      });
    }

    it("with other values, and another item is replaced: nothing is made", async () => {
      const left = await create({ difficulty: 5 });
      const on = { ...platform(), replaced: new Set(["another"]) };
      const { message } = await errorOf(create({ difficulty: 6 }, on), Refusal);
      assert.match(message, /carries this declaration's mark/);
      assert.deepEqual(
        (await live()).map(({ id }) => id),
        [left.state.workItemId],
      );
    });

    it("with other values, and people have begun: nothing is lost, nothing is made", async () => {
      const left = await create({ difficulty: 5 });
      await signal(left.state.workItemId, "start");
      for (const onWorkInProgress of ["refuse", "cancel"]) {
        const again = create({ difficulty: 6, onWorkInProgress });
        const { message } = await errorOf(again, Refusal);
        assert.match(message, /\(IN_PROGRESS\) carries this declaration's mark/);
        assert.deepEqual(
          (await stored()).map(({ status }) => status),
          ["IN_PROGRESS"],
        );
      }
    });

    it("with other values, and finished: it stays with its results", async () => {
      const left = await create({ difficulty: 5 });
      await annotate(test.emulator, { workItemIDs: [left.state.workItemId] });
      await create({ difficulty: 6 });
      assert.deepEqual(
        (await stored()).map(({ status }) => status),
        ["COMPLETED", "NEW"],
      );
    });

    it("cancelled: a new one is made", async () => {
      const left = await create();
      await workItemLifecycle.delete(platform(), left.id, left.state);
      const again = await create();
      assert.notEqual(again.id, left.id);
      assert.deepEqual(
        (await live()).map(({ id }) => id),
        [again.state.workItemId],
      );
    });

    for (const end of ["cancelled", "finished"] as const) {
      it(`${end}, and the creation had no good answer: it is not taken for the new one`, async () => {
        const left = await create({ difficulty: 5 });
        if (end === "cancelled") {
          await workItemLifecycle.delete(platform(), left.id, left.state);
        } else {
          await annotate(test.emulator, { workItemIDs: [left.state.workItemId] });
        }
        await addFault(test.emulator, { operation: "createWorkItem", reset: "before" });
        const again = await create({ difficulty: 6 });
        assert.deepEqual(
          (await stored()).map(({ id, difficulty }) => [id, difficulty]),
          [
            [left.state.workItemId, 5],
            [again.state.workItemId, 6],
          ],
        );
      });
    }

    for (const adopt of [false, true]) {
      it(`twice: the oldest is adopted, the other told${adopt ? ", with adopt" : ""}`, async () => {
        const { emulator } = test;
        const client = clientOf(emulator);
        const { onWorkInProgress: _, projectId, ...input } = inputs();
        const twin = { ...input, metadata: { pulumiUrn: owner } };
        const first = await client.workItems.create(projectId, twin);
        const second = await client.workItems.create(projectId, twin);
        const on = platform();
        assert.equal((await create({ adopt }, on)).state.workItemId, first.id);
        assert.deepEqual(
          (await live()).map(({ id }) => id),
          [first.id, second.id],
        );
        assert.match(on.warned.join(), new RegExp(`^work item ${second.id} \\(NEW\\) carries`));
      });
    }

    async function signal(workItemId: string, name: "start"): Promise<void> {
      const { emulator } = test;
      const input = { signal: name, taskType: "labeling", signalOutcome: "OK" as const };
      await clientOf(emulator).signals.send(emulator.projectId, workItemId, input);
    }
  });

  it("is not mistaken for that of another declaration", async () => {
    const mine = await create();
    const other = await workItemLifecycle.create(
      platformOf(test.emulator, { owner: `${owner}, another` }),
      inputs(),
    );
    assert.notEqual(other.id, mine.id);
    assert.equal((await live()).length, 2);
  });

  it("asks the platform once for a whole batch, however many are made at a time", async () => {
    const client = clientOf(test.emulator);
    const owners = Array.from({ length: 20 }, (_, index) => `${owner}, ${index}`);
    await Promise.all(
      owners.map((each) =>
        workItemLifecycle.create(platformOf(test.emulator, { owner: each, client }), inputs()),
      ),
    );
    assert.equal((await stored()).length, 20);
    assert.deepEqual(await sent(), { listWorkItems: 1, createWorkItem: 20 });
  });

  it("tells how far the look through a large batch is", async () => {
    const { emulator } = test;
    const { store, projectId } = emulator;
    const asset = { assetUrl: "a", assetType: "image" };
    for (let index = 0; index < 1_001; index += 1) {
      store.workItems.create(projectId, Number(batchId), asset as never, undefined);
    }
    const shown: string[] = [];
    await create({}, { ...platform(), status: (message) => shown.push(message) });
    assert.deepEqual(shown, ["looks through what the batch has: 1000 work items so far"]);
  });

  it("asks again after the listing failed", async () => {
    const client = clientOf(test.emulator);
    await addFault(test.emulator, { operation: "listWorkItems", status: 400 });
    await errorOf(create({}, platform(client)));
    assert.deepEqual(await stored(), []);
    await create({}, platform(client));
    assert.equal((await stored()).length, 1);
  });

  it("is not made where the look for an earlier one fails", async () => {
    await addFault(test.emulator, { operation: "listWorkItems", reset: "before", times: 0 });
    await errorOf(create(), ConnectionLostError);
    assert.deepEqual(await stored(), []);
  });
});
