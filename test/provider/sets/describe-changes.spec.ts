import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { noteLeaving } from "../../../provider/uploads/leaving-paths.ts";
import type { SetInputs, SetState } from "../../support/work-item-sets.ts";

const { unknownValue } = runtime;
const text = (item: Plain) => JSON.stringify(item);

const inputs = {
  projectId: "p",
  batchId: "1",
  defaults: text({ difficulty: 1 }),
  items: { a: text({ file: "a.jpg" }), b: text({ file: "b.jpg" }) },
  uploads: { "a.jpg": "uploads/a", "b.jpg": "uploads/b" },
};
const state = {
  ...inputs,
  ids: { a: "1", b: "2" },
  paths: { a: "uploads/a", b: "uploads/b" },
  statusOf: {},
  statuses: { NEW: 2 },
};

function describeTo(news: Plain, before: Plain | undefined = state, more: Plain = {}): string[] {
  const { describeChanges } = workItemSetLifecycle;
  assert.ok(describeChanges);
  return describeChanges(
    before as unknown as SetState | undefined,
    { ...inputs, ...news } as unknown as SetInputs,
    { name: "signs", replaces: [], isSecret: false, ...more },
  );
}

describe("provider: sets: what is said of a change", () => {
  it("is what a first update makes", () => {
    const workItemSet = workItemSetLifecycle.describeChanges?.(
      undefined,
      inputs as unknown as SetInputs,
      { name: "signs", replaces: [], isSecret: false },
    );
    assert.deepEqual(workItemSet, ["signs: 2 work items to create", '  + "a"', '  + "b"']);
  });

  it("says of new items that they may move here from a removed declaration", () => {
    const items = { ...inputs.items, c: text({ file: "c.jpg" }) };
    const [line] = describeTo({ items, movedFrom: ["old"] });
    assert.equal(line, "signs: 1 work item to create or to move here");
  });

  it("is nothing where nothing happens to an item, or nobody knows yet", () => {
    assert.deepEqual(describeTo({ onWorkInProgress: "cancel" }), []);
    assert.deepEqual(describeTo({ items: unknownValue }), []);
    assert.deepEqual(describeTo({ defaults: unknownValue }), []);
    // Refresh compares with its sides swapped.
    assert.deepEqual(describeTo({ items: {} }, inputs), []);
  });

  it("has the values of a default that changes, unless they are secret or long", () => {
    const defaults = text({ difficulty: 2, metadata: { owner: "vision" } });
    const [line] = describeTo({ defaults });
    assert.equal(line, "signs: 2 work items to replace (difficulty 1 → 2, metadata)");
    const [secret] = describeTo({ defaults }, state, { isSecret: true });
    assert.equal(secret, "signs: 2 work items to replace (difficulty, metadata)");
    const [gone] = describeTo({ defaults: undefined });
    assert.equal(gone, "signs: 2 work items to replace (difficulty 1 → none)");
  });

  it("counts the items that people have begun among those that change", () => {
    const begun = { ...state, statusOf: { a: "COMPLETED", b: "FAILED" } };
    const [line] = describeTo({ items: {} }, begun);
    assert.equal(
      line,
      "signs: 2 work items to remove; people have begun or finished 1 of them, as of the last refresh or update",
    );
    const labels = [{ bbox: [1, 2, 3, 4] }];
    const items = { ...inputs.items, b: text({ file: "b.jpg", labels }) };
    assert.deepEqual(describeTo({ items }, begun), [
      "signs: 1 work item to relabel",
      '  ~ "b" (labels)',
    ]);
  });

  it("counts all items if the set itself is replaced", () => {
    const items = { a: inputs.items.a, c: text({ file: "c.jpg" }) };
    assert.deepEqual(describeTo({ items, batchId: "2" }, state, { replaces: ["batchId"] }), [
      "signs: 1 work item to create, 1 to replace (batchId), 1 to remove",
      '  + "c"',
      '  +- "a" (batchId)',
      '  - "b"',
    ]);
  });

  it("knows which items show another file before the new paths are known", () => {
    const uploads = unknownValue;
    assert.deepEqual(describeTo({ uploads }), []);
    noteLeaving("urn", { "b.jpg": "uploads/b" });
    assert.deepEqual(describeTo({ uploads }), [
      "signs: 1 work item to replace (its file)",
      '  +- "b" (its file)',
    ]);
    noteLeaving("urn", {});
    assert.deepEqual(describeTo({ uploads }), []);
  });
});
