import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle, workItemMutability } from "../../../provider/resources/work-item.ts";

type State = Parameters<typeof workItemLifecycle.diff>[0];
type Inputs = Parameters<typeof workItemLifecycle.diff>[1];
type Field = Exclude<keyof typeof workItemMutability, "adopt" | "movedFrom">;

const diff = (olds: Plain, news: Plain) =>
  workItemLifecycle.diff(
    olds as unknown as State,
    news as unknown as Inputs,
    "urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:WorkItem::cat",
  );

/** For each field what it was, and what it becomes. */
const changes: Record<Field, [unknown, unknown]> = {
  projectId: ["p", "q"],
  assetUrl: ["uploads/a.png", "uploads/b.png"],
  assetType: ["image", "video"],
  assetId: ["1", "2"],
  batchId: ["1", "2"],
  resultsUrl: ["https://a.b/c", "https://a.b/d"],
  taxonomyVersionId: ["t1", "t2"],
  metadata: [
    { a: 1, b: { c: [1] } },
    { a: 1, b: { c: [2] } },
  ],
  callbackUrl: ["https://a.b/c", "https://a.b/d"],
  dueInSeconds: [60, 61],
  dueAt: ["2030-01-01T00:00:00Z", "2030-01-01T00:00:01Z"],
  difficulty: [0, 1],
  labels: [[{ bbox: [1, 2, 3, 4] }], [{ bbox: [1, 2, 3, 5] }]],
  onWorkInProgress: ["refuse", "cancel"],
};
const inPlace: Field[] = ["labels", "onWorkInProgress"];

const full = Object.fromEntries(Object.entries(changes).map(([field, [old]]) => [field, old]));
const state = { ...full, workItemId: "w", status: "NEW", createdAt: "c", deadline: "d" };

describe("provider: WorkItem: diff", () => {
  it("the table has every field", () => {
    assert.deepEqual(
      [...Object.keys(changes), "adopt", "movedFrom"].sort(),
      Object.keys(workItemMutability).sort(),
    );
  });

  for (const way of [{ adopt: true }, { movedFrom: ["cat"] }]) {
    it(`${Object.keys(way)} says how to go about it only`, () => {
      assert.deepEqual(diff(full, { ...full, ...way }), { changed: false, replaces: [] });
    });
  }

  it("sees no change where there is none, in spite of outputs", () => {
    assert.deepEqual(diff(state, full), { changed: false, replaces: [] });
  });

  for (const field of Object.keys(changes) as Field[]) {
    const how = inPlace.includes(field) ? "in place" : "by a replacement";
    const expected = { changed: true, replaces: inPlace.includes(field) ? [] : [field] };
    it(`changes ${field} ${how}, adds it and takes it away so, either way round`, () => {
      const changed = { ...full, [field]: changes[field][1] };
      const { [field]: _, ...without } = full;
      for (const news of [changed, without]) {
        assert.deepEqual(diff(state, news), expected);
        assert.deepEqual(diff({ status: "NEW", ...news }, full), expected);
      }
    });
  }

  const same: [string, Plain, Plain][] = [
    ["the order of keys", { metadata: { a: 1, b: 2 } }, { metadata: { b: 2, a: 1 } }],
    [
      "the order of keys of a label",
      { labels: [{ bbox: [1, 2, 3, 4], metadata: { a: 1, b: 2 } }] },
      { labels: [{ metadata: { b: 2, a: 1 }, bbox: [1, 2, 3, 4] }] },
    ],
    ["empty metadata and none", { metadata: {} }, {}],
    ["no labels and none", { labels: [] }, {}],
    ["null and none", { difficulty: null }, {}],
  ];
  for (const [name, left, right] of same) {
    it(`takes ${name} for the same, either way round`, () => {
      for (const [olds, news] of [
        [left, right],
        [right, left],
      ]) {
        assert.deepEqual(diff({ status: "NEW", ...olds }, news!), { changed: false, replaces: [] });
      }
    });
  }

  it("takes another order of labels for another", () => {
    const [one, two] = [{ bbox: [1, 2, 3, 4] }, { bbox: [5, 6, 7, 8] }];
    assert.equal(diff({ labels: [one, two] }, { labels: [two, one] }).changed, true);
  });

  for (const status of ["IN_PROGRESS", "COMPLETED", "CLIENT_REVIEW"]) {
    it(`warns that a replacement loses the work of an item that is ${status}`, () => {
      const found = diff({ ...state, status }, { ...full, difficulty: 1, assetUrl: "b" });
      assert.deepEqual(found, {
        changed: true,
        replaces: ["assetUrl", "difficulty"],
        warning: `work item w is ${status}: replacing it (changed: assetUrl, difficulty) would lose people's work. Leave it as it is; or set onWorkInProgress: "cancel" on the WorkItem "cat" with nothing else changed, run \`pulumi up\`, and then \`pulumi destroy\` or the change`,
      });
    });

    it(`does not warn of a change in place of an item that is ${status}`, () => {
      const found = diff({ ...state, status }, { ...full, labels: [] });
      assert.equal(found.warning, undefined);
    });
  }

  for (const status of ["NEW", "FAILED"]) {
    it(`does not warn of the replacement of an item that is ${status}`, () => {
      assert.equal(diff({ ...state, status }, { ...full, difficulty: 1 }).warning, undefined);
    });
  }
});
