import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { detailDiff } from "../../../provider/plugin/detailed-diff.ts";

function changes(oldInputs: Plain, news: Plain, replaces: string[] = [], olds: Plain = oldInputs) {
  return Object.fromEntries(
    [...detailDiff({ olds, oldInputs, news }, replaces)].map(([path, change]) => [
      path,
      `${change.kind}${change.replaces ? " replaces" : ""}${change.ofInput ? "" : " exists"}`,
    ]),
  );
}

describe("detailed diff", () => {
  it("names each entry of a map, and quotes what is no plain name", () => {
    assert.deepEqual(
      changes(
        { items: { a: "1", "b.jpg": "1", "c/d.jpg": "1" } },
        { items: { a: "2", "b.jpg": "1", 'e"f': "1" } },
      ),
      { "items.a": "UPDATE", 'items["c/d.jpg"]': "DELETE", 'items["e\\"f"]': "ADD" },
    );
  });

  it("says which fields replace the resource", () => {
    assert.deepEqual(
      changes({ batchId: "1", name: "a" }, { batchId: "2", name: "b" }, ["batchId"]),
      {
        batchId: "UPDATE replaces",
        name: "UPDATE",
      },
    );
  });

  it("takes lists, and what lies deeper than an entry, as one value", () => {
    assert.deepEqual(
      changes(
        { labels: [{ bbox: [1] }], metadata: { a: { b: 1, c: 2 } } },
        { labels: [{ bbox: [2] }], metadata: { a: { c: 2, b: 2 } } },
      ),
      { labels: "UPDATE", "metadata.a": "UPDATE" },
    );
  });

  it("shows what exists differently if nothing is declared differently", () => {
    const inputs = { name: "a", metadata: { b: 1 } };
    assert.deepEqual(changes(inputs, inputs, [], { ...inputs, name: "x", batchId: "7" }), {
      name: "UPDATE exists",
    });
  });

  it("does not mind the order of keys", () => {
    assert.deepEqual(
      changes({ m: { a: 1, b: [{ c: 1, d: 2 }] } }, { m: { b: [{ d: 2, c: 1 }], a: 1 } }),
      {},
    );
  });
});
