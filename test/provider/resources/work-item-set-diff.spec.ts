import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import {
  workItemSetLifecycle,
  workItemSetMutability,
} from "../../../provider/resources/work-item-set.ts";
import type { SetInputs, SetState } from "../../support/work-item-sets.ts";

const { unknownValue } = runtime;
const text = (item: Plain = {}) =>
  JSON.stringify({ assetType: "image", assetUrl: "uploads/a.png", ...item });
const a = text();
const b = text({ difficulty: 1 });

const inputs = { projectId: "p", batchId: "1", items: { a, b }, uploads: { "c.png": "uploads/c" } };
/** What people have begun is in `statusOf`. */
const state = {
  ...inputs,
  ids: { a: "1", b: "2" },
  paths: {},
  statusOf: {},
  statuses: { NEW: 2 },
  appliedAt: "2030-01-01T00:00:00Z",
};

const diff = (olds: Plain, news: Plain) =>
  workItemSetLifecycle.diff(
    olds as unknown as SetState,
    news as unknown as SetInputs,
    "urn:pulumi:dev::labeling::aidp:index:Dataset$pulumi-nodejs:dynamic/aidp:WorkItemSet::my::photos",
  );

describe("provider: WorkItemSet: diff", () => {
  it("sees no change where there is none, in spite of outputs, either way round", () => {
    assert.deepEqual(diff(state, inputs), { changed: false, replaces: [] });
    assert.deepEqual(diff(inputs, state), { changed: false, replaces: [] });
  });

  const same: [string, Plain, Plain][] = [
    ["the order of the items", { items: { a, b } }, { items: { b, a } }],
    ["no uploads and none", { uploads: {} }, { uploads: undefined }],
    ["the order of the uploads", { uploads: { x: "1", y: "2" } }, { uploads: { y: "2", x: "1" } }],
    ["defaults that no item takes", { defaults: '{"assetType":"image"}' }, {}],
    [
      "items that repeat the defaults, as earlier releases kept them, and items that do not",
      { defaults: '{"difficulty":1}', items: { a: text({ difficulty: 1 }), b } },
      { defaults: '{"difficulty":1}', items: { a, b: text({}) } },
    ],
    ["no items and none", { items: {}, ids: {} }, { items: {} }],
  ];
  for (const [what, left, right] of same) {
    it(`takes ${what} for the same, either way round`, () => {
      const none = { changed: false, replaces: [] };
      assert.deepEqual(diff({ ...state, ...left }, { ...inputs, ...right }), none);
      assert.deepEqual(diff({ ...state, ...right }, { ...inputs, ...left }), none);
    });
  }

  const changes: [string, Plain, string[]][] = [
    ["another item", { items: { a, b: text({ difficulty: 2 }) } }, []],
    ["one item more", { items: { a, b, c: a } }, []],
    ["one item fewer", { items: { a } }, []],
    ["another key", { items: { a, c: b } }, []],
    ["other labels", { items: { a, b: text({ difficulty: 1, labels: [{}] }) } }, []],
    ["another path", { uploads: { "c.png": "uploads/d" } }, []],
    ["uploads that are not known yet", { uploads: unknownValue }, []],
    ["a path that is not known yet", { uploads: { "c.png": unknownValue } }, []],
    ["an item that is not known yet", { items: { a, b: unknownValue } }, []],
    ["defaults that are not known yet", { defaults: unknownValue }, []],
    ["another policy", { onWorkInProgress: "cancel" }, []],
    ["another batch", { batchId: "2" }, ["batchId"]],
    ["no batch any more", { batchId: undefined }, ["batchId"]],
    ["a batch that is not known yet", { batchId: unknownValue }, ["batchId"]],
    ["another project", { projectId: "q" }, ["projectId"]],
    ["another project and batch", { projectId: "q", batchId: "2" }, ["projectId", "batchId"]],
  ];
  for (const [what, change, replaces] of changes) {
    it(`sees ${what}, either way round`, () => {
      const changed = { ...inputs, ...change };
      assert.deepEqual(diff(state, changed), { changed: true, replaces });
      assert.deepEqual(diff({ ...state, ...change }, inputs), { changed: true, replaces });
      assert.deepEqual(diff(changed, inputs), { changed: true, replaces });
    });
  }

  it("sees defaults that an item takes", () => {
    const news = { ...inputs, defaults: '{"difficulty":3}' };
    assert.deepEqual(diff(state, news), { changed: true, replaces: [] });
    assert.deepEqual(diff(news, state), { changed: true, replaces: [] });
  });

  it("does with each field what its mutability says", () => {
    const seen = changes.flatMap(([, change, replaces]) =>
      Object.keys(change).map((field) => [field, replaces.includes(field) ? "replace" : "update"]),
    );
    const ignored = {
      adopt: true,
      manifest: "m.jsonl",
      format: "jsonl",
      keep: ["score"],
      fileNames: false,
      movedFrom: ["x"],
    };
    const isIgnored = Object.keys(ignored).map((field) => [field, "ignore"]);
    assert.deepEqual(Object.fromEntries([...seen, ...isIgnored]), workItemSetMutability);
    assert.equal(diff(state, { ...inputs, ...ignored }).changed, false);
  });

  it("ends the old set before it makes another", () => {
    assert.equal(workItemSetLifecycle.deleteBeforeReplace, true);
  });

  it("sees a file that has another path than its item was created with", () => {
    // As after an update in which that item could not be replaced.
    const items = { a: JSON.stringify({ assetType: "image", file: "c.png" }) };
    const olds = { ...state, items, ids: { a: "1" }, paths: { a: "uploads/old" } };
    assert.equal(diff(olds, { ...inputs, items }).changed, true);
  });

  describe("with work that people have begun", () => {
    const begun = { ...state, statusOf: { a: "IN_PROGRESS", b: "COMPLETED" } };
    const filed = {
      ...begun,
      items: { a: JSON.stringify({ file: "c.png" }), b },
      paths: { a: "uploads/c" },
    };
    const lost = (...items: string[]) =>
      new RegExp(
        `^people's work would be lost: ${items.join(", ")}, which this removes or replaces`,
      );
    const oneOf = 'a" \\(IN_PROGRESS\\)';

    const warned: [string, Plain, Plain, RegExp][] = [
      ["an item is removed", begun, { items: { b } }, lost(`"${oneOf}`)],
      [
        "an item is replaced",
        begun,
        { items: { a, b: text({ difficulty: 2 }) } },
        lost('"b" \\(COMPLETED\\)'),
      ],
      ["all are removed", begun, { items: {} }, lost(`"${oneOf}`, '"b" \\(COMPLETED\\)')],
      ["the set is replaced", begun, { batchId: "2" }, lost(`"${oneOf}`, '"b" \\(COMPLETED\\)')],
      [
        "its file gets another path",
        filed,
        { items: filed.items, uploads: { "c.png": "uploads/d" } },
        lost(`"${oneOf}`),
      ],
    ];
    for (const [what, olds, change, warning] of warned) {
      it(`warns when ${what}, naming it`, () => {
        assert.match(diff(olds, { ...inputs, ...change }).warning ?? "", warning);
      });
    }

    const ways: [string, Plain, Plain, string][] = [
      [
        "items go",
        begun,
        { items: {} },
        '. The update refuses that. Leave them as they are, or set onWorkInProgress: "cancel" on the Dataset "my::photos" and run `pulumi up`',
      ],
      [
        "the set is replaced, as the last policy counts then",
        begun,
        { batchId: "2", onWorkInProgress: "cancel" },
        '. The update refuses that. Leave them as they are; or set onWorkInProgress: "cancel" on the Dataset "my::photos" with nothing else changed, run `pulumi up`, and then `pulumi destroy` or the change',
      ],
      [
        "work is given up, of which what is finished stays",
        begun,
        { items: {}, onWorkInProgress: "cancel" },
        ', as onWorkInProgress is "cancel". Leave them as they are to keep it',
      ],
    ];
    for (const [what, olds, change, end] of ways) {
      it(`tells cause and way out where ${what}`, () => {
        const { warning = "" } = diff(olds, { ...inputs, ...change });
        assert.ok(warning.endsWith(`which this removes or replaces${end}`), warning);
        assert.equal(warning.includes('"b" (COMPLETED)'), !end.startsWith(","));
      });
    }

    it("names five, and says how many more there are", () => {
      const keys = ["a", "b", "c", "d", "e", "f", "g"];
      const olds = {
        ...state,
        items: Object.fromEntries(keys.map((key) => [key, a])),
        ids: Object.fromEntries(keys.map((key) => [key, key])),
        statusOf: Object.fromEntries(keys.map((key) => [key, "IN_PROGRESS"])),
      };
      const { warning = "" } = diff(olds, { ...inputs, items: {} });
      assert.match(warning, /"e" \(IN_PROGRESS\) and 2 more, which/);
      assert.doesNotMatch(warning, /"f"/);
    });

    const quiet: [string, Plain, Plain][] = [
      ["nothing changes", begun, {}],
      ["another item is added", begun, { items: { a, b, c: a } }],
      ["it gets other labels", begun, { items: { a: text({ labels: [{}] }), b } }],
      [
        "the one that changes is new",
        { ...state, statusOf: { a: "IN_PROGRESS" } },
        { items: { a } },
      ],
      [
        "the one that goes is cancelled already",
        { ...state, statusOf: { b: "FAILED" } },
        { items: { a } },
      ],
    ];
    for (const [what, olds, change] of quiet) {
      it(`does not warn when ${what}`, () => {
        assert.equal(diff(olds, { ...inputs, ...change }).warning, undefined);
      });
    }

    for (const [what, olds, change] of [
      ["what it becomes", begun, { items: { a: unknownValue, b } }],
      ["its file's path", filed, { items: filed.items, uploads: unknownValue }],
      ["its file's path alone", filed, { items: filed.items, uploads: { "c.png": unknownValue } }],
      ["anything", begun, { items: unknownValue }],
    ] as const) {
      it(`sees a change when ${what} is not known yet`, () => {
        assert.equal(diff(olds, { ...inputs, ...change }).changed, true);
      });
    }

    it("does not warn when refresh asks with its sides swapped", () => {
      assert.equal(diff({ ...inputs, items: { a, b, c: a } }, begun).warning, undefined);
    });
  });
});
