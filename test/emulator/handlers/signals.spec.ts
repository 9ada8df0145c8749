import assert from "node:assert/strict";
import { assertError, unknownId, useRawApi } from "../support.ts";

const ways: Record<string, Array<[signal: string, outcome: string]>> = {
  NEW: [],
  IN_PROGRESS: [["start", "OK"]],
  COMPLETED: [
    ["start", "OK"],
    ["complete", "OK"],
  ],
  FAILED: [
    ["start", "OK"],
    ["complete", "NOT_OK"],
  ],
};

// For each signal, the statuses it is allowed in and what they become.
const table: Record<string, Record<string, string>> = {
  start: { NEW: "IN_PROGRESS" },
  release: { IN_PROGRESS: "NEW" },
  complete: { IN_PROGRESS: "COMPLETED" },
  cancel: { NEW: "FAILED", IN_PROGRESS: "FAILED" },
  reopen: { COMPLETED: "NEW", FAILED: "NEW" },
};

describe("emulator: signals", () => {
  const test = useRawApi();

  async function itemIn(status: string): Promise<{ id: string; updatedAt: string }> {
    const item = await test.createItem();
    for (const [signal, outcome] of ways[status]!) {
      assert.equal((await test.signal(item.id, signal, outcome)).status, 200);
    }
    return item;
  }

  async function statusOf(id: string): Promise<string> {
    return (await test.listItems(`?workItemIDs=${id}`)).items[0].status;
  }

  const bulk = (signal: string, ids: string[]) =>
    test.call("POST", `${test.project}/workItems/signal`, {
      signal,
      workItems: ids.map((workItemID) => ({ workItemID })),
    });

  for (const signal of Object.keys(table)) {
    for (const status of Object.keys(ways)) {
      const next = table[signal]?.[status];
      it(`${signal} of ${status}: ${next ?? "409"}`, async () => {
        const [one, other] = [await itemIn(status), await itemIn(status)];
        const single = await test.signal(one.id, signal);
        const many = await bulk(signal, [other.id]);
        if (next === undefined) {
          for (const [answer, { id }] of [
            [single, one],
            [many, other],
          ] as const) {
            assertError(answer, 409, "SIGNAL_NOT_ALLOWED", new RegExp(`${id} is ${status}`));
            assert.deepEqual(answer.body.error.details, [{ workItemID: id, status }]);
          }
        } else {
          assert.deepEqual([single.status, single.body.status], [200, next]);
          assert.ok(single.body.updatedAt >= one.updatedAt);
          assert.equal(many.status, 200);
        }
        assert.equal(await statusOf(one.id), next ?? status);
        assert.equal(await statusOf(other.id), next ?? status);
      });
    }
  }

  it("bulk refuses as a whole, naming the items", async () => {
    const [fresh, done] = [await itemIn("NEW"), await itemIn("COMPLETED")];
    const answer = await bulk("start", [fresh.id, done.id]);
    assertError(answer, 409, "SIGNAL_NOT_ALLOWED");
    assert.deepEqual(answer.body.error.details, [{ workItemID: done.id, status: "COMPLETED" }]);
    assert.equal(await statusOf(fresh.id), "NEW");
    const withUnknown = await bulk("start", [fresh.id, unknownId]);
    assertError(withUnknown, 404, "NOT_FOUND", new RegExp(unknownId));
    assert.equal(await statusOf(fresh.id), "NEW");
    assertError(await bulk("start", [fresh.id, fresh.id]), 400, "VALIDATION_FAILED");
  });

  it("bulk answers in order, with the feedback, and keeps it in the history", async () => {
    const items = [await itemIn("NEW"), await itemIn("NEW")];
    const feedback = { comments: ["blurred", "too dark"] };
    const answer = await test.call("POST", `${test.project}/workItems/signal`, {
      signal: "cancel",
      workItems: [{ workItemID: items[1]!.id, feedback }, { workItemID: items[0]!.id }],
    });
    assert.deepEqual(
      answer.body.items.map(({ id, ...rest }: { id: number }) => [typeof id, rest]),
      [
        ["number", { projectID: test.emulator.projectId, workItemID: items[1]!.id, feedback }],
        ["number", { projectID: test.emulator.projectId, workItemID: items[0]!.id }],
      ],
    );
    const [{ id, at, ...event }] = (await test.storedItem(items[1]!.id)).history;
    assert.equal(id, answer.body.items[0].id);
    assert.ok(Date.parse(at) > 0);
    assert.deepEqual(event, { signal: "cancel", feedback });
  });

  it("keeps task type, assignee and outcome in the history", async () => {
    const { id } = await test.createItem();
    const body = { signal: "start", taskType: "review", assignee: "a@b.c", signalOutcome: "OK" };
    await test.call("POST", `${test.project}/workItems/${id}/signal`, body);
    const [event] = (await test.storedItem(id)).history;
    assert.deepEqual(
      [event.signal, event.taskType, event.assignee, event.outcome],
      ["start", "review", "a@b.c", "OK"],
    );
  });

  for (const body of [
    {},
    { signal: "start", signalOutcome: "OK" },
    { signal: "start", taskType: "labeling" },
    { signal: "stop", taskType: "labeling", signalOutcome: "OK" },
    { signal: "start", taskType: "labeling", signalOutcome: "FINE" },
    { signal: "start", taskType: 7, signalOutcome: "OK" },
  ]) {
    it(`refuses ${JSON.stringify(body)}`, async () => {
      const { id } = await test.createItem();
      const answer = await test.call("POST", `${test.project}/workItems/${id}/signal`, body);
      assertError(answer, 400, "VALIDATION_FAILED");
    });
  }

  it("bulk takes 1 to 100 items", async () => {
    assertError(await bulk("start", []), 400, "VALIDATION_FAILED");
    const ids = [];
    for (let index = 0; index < 101; index += 1) {
      ids.push((await test.createItem()).id);
    }
    assertError(await bulk("start", ids), 400, "VALIDATION_FAILED", /100/);
    assert.equal((await bulk("start", ids.slice(1))).body.items.length, 100);
    assertError(await bulk("start", ["no-uuid"]), 400, "VALIDATION_FAILED");
  });

  it("answers 404 for an unknown item, or one of another project", async () => {
    assertError(await test.signal(unknownId, "start"), 404, "NOT_FOUND");
    const { id } = await test.createItem();
    const other = `/projects/${test.emulator.tenants[0]!.projectIds[1]}/workItems`;
    const body = { signal: "start", taskType: "labeling", signalOutcome: "OK" };
    assertError(await test.call("POST", `${other}/${id}/signal`, body), 404, "NOT_FOUND");
  });
});
