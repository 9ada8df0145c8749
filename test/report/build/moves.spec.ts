import assert from "node:assert/strict";
import { buildReport, findEffects } from "../../../report/build/report.ts";
import { Listener, type Step, secret } from "../../../report/engine/events.ts";
import { findingOf, step, texts, urnOf } from "../../support/findings.ts";

type Items = Record<string, object>;

const place = { projectId: "p", batchId: "17" };
const set = (items: Items, more: object = {}) => ({
  inputs: { ...place, ...more, items: texts(items) },
});
const stateOf = (items: Items) => ({
  ...set(items),
  outputs: {
    ...place,
    items: texts(items),
    ids: JSON.stringify(Object.fromEntries(Object.keys(items).map((key) => [key, `id-${key}`]))),
    statusOf: JSON.stringify(
      Object.fromEntries(Object.keys(items).map((key) => [key, "IN_PROGRESS"])),
    ),
  },
});
const item = (name: string, more: object = {}) => ({
  assetUrl: `uploads/${name}`,
  assetType: "image",
  ...more,
});

/** What happens to each item, and the counts of their batch. */
function found(...steps: Step[]) {
  const { batches } = findingOf(steps, "/project").report;
  const [batch] = batches;
  assert.ok(batch);
  const { added, moved, cancelled, atRisk } = batch.counts;
  return {
    actions: Object.fromEntries(batch.items.map(({ key, action }) => [key, action])),
    counts: { added, moved, cancelled, atRisk },
    items: batch.items,
  };
}

const leaving = (items: Items, left: Items = {}) =>
  step("WorkItemSet", "a", set(left), stateOf(items));
const gone = (items: Items): Step => {
  const { new: _, ...rest } = leaving(items);
  return { ...rest, op: "delete" };
};

describe("report: work items that move from one declaration to another", () => {
  it("are neither made nor cancelled, and no work is at risk", () => {
    const { actions, counts, items } = found(
      leaving({ x: item("x") }),
      step("WorkItemSet", "b", set({ y: item("x", { labels: [{ bbox: [1, 2, 3, 4] }] }) })),
    );
    assert.deepEqual(actions, { y: "move" });
    assert.deepEqual(counts, { added: 0, moved: 1, cancelled: 0, atRisk: 0 });
    const [{ workItemId, status, moved, fields } = assert.fail()] = items;
    assert.deepEqual([workItemId, status, moved], ["id-x", "IN_PROGRESS", "a: x"]);
    assert.deepEqual(
      fields.map(({ field }) => field),
      ["labels"],
    );
  });

  it("each move to one", () => {
    const { counts } = found(
      leaving({ x: item("x") }),
      step("WorkItemSet", "b", set({ x: item("x"), y: item("x") })),
    );
    assert.deepEqual(counts, { added: 1, moved: 1, cancelled: 0, atRisk: 0 });
  });

  it("move from what is removed only where movedFrom names it", () => {
    for (const movedFrom of [["a"], [urnOf("WorkItemSet", "a")]]) {
      const named = step("WorkItemSet", "b", set({ x: item("x") }, { movedFrom }));
      assert.deepEqual(found(gone({ x: item("x") }), named).actions, { x: "move" });
    }
    const { counts } = found(
      gone({ x: item("x") }),
      step("WorkItemSet", "b", set({ x: item("x") }, { movedFrom: ["other"] })),
    );
    assert.deepEqual(counts, { added: 1, moved: 0, cancelled: 1, atRisk: 1 });
  });

  it("do not move from what is removed where it had adopted them, unless the other adopts as well", () => {
    const removed = gone({ x: item("x") });
    Object.assign(removed.old?.inputs ?? {}, { adopt: true });
    for (const [adopt, action] of [
      [undefined, "add"],
      [true, "move"],
    ] as const) {
      const news = set({ x: item("x") }, { movedFrom: ["a"], ...(adopt && { adopt }) });
      const { actions, counts } = found(removed, step("WorkItemSet", "b", news));
      assert.equal(actions.x, action);
      assert.equal(counts.atRisk, adopt ? 0 : 1);
    }
  });

  it("move also from what is removed with retainOnDelete, and nothing else of that counts", () => {
    const removed = { ...gone({ x: item("x"), y: item("y") }), isRetained: true };
    const to = step("WorkItemSet", "b", set({ x: item("x") }, { movedFrom: ["a"] }));
    const { actions, counts } = found(removed, to);
    assert.deepEqual(actions, { x: "move" });
    assert.deepEqual(counts, { added: 0, moved: 1, cancelled: 0, atRisk: 0 });
  });

  it("are not adopted as well", () => {
    const news = set({ x: item("x"), y: item("y") }, { movedFrom: ["a"], adopt: true });
    const to = step("WorkItemSet", "b", news);
    const heard = { ...new Listener().heard, steps: [gone({ x: item("x") }), to] };
    const look = { kind: "preview", project: "p", stack: "s", at: new Date() } as const;
    const note = { text: "adopts 2", resource: to.urn, adopted: 2, keys: ["x", "y"] };
    const { totals } = buildReport(heard, look, findEffects(heard, look), { notes: [note] });
    assert.deepEqual([totals.moved, totals.adopted, totals.added], [1, 1, 0]);
  });

  it("do not move where anything but the labels differs, or is hidden", () => {
    const pairs: [object, object][] = [
      [item("x"), item("x", { difficulty: 1 })],
      [item("x", { metadata: { owner: secret } }), item("x", { metadata: { owner: secret } })],
      [{ file: "x" }, { file: "x" }],
    ];
    const uploads = [{}, {}, { uploads: { x: "uploads/other" } }];
    for (const [index, [old, next]] of pairs.entries()) {
      const { counts } = found(
        leaving({ x: old }),
        step("WorkItemSet", "b", set({ x: next }, uploads[index])),
      );
      assert.deepEqual(counts, { added: 1, moved: 0, cancelled: 1, atRisk: 1 });
    }
  });
});
