import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { literal } from "../../../cli/import/literal.ts";
import { identifier, Names, slug } from "../../../cli/import/names.ts";
import { programFiles } from "../../../cli/import/program.ts";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what must do nothing
const hostile = [
  "quote \" and ' and `",
  "${process.exit(1)} `${1}`",
  "line\nbreak\r\n\u2028\u2029",
  "*/ process.exit(1) /* //",
  "\\",
  '"}); process.exit(1); ({ "',
  "\ud800 lone",
  "__proto__",
  "",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

describe("aidp import: the program text", () => {
  it("writes any JSON value so that it is read back as it was", () => {
    const values: unknown[] = [
      ...hostile,
      ...hostile.map((text) => JSON.parse(`{${JSON.stringify(text)}:[${JSON.stringify(text)}]}`)),
      [null, true, -1.5e-7, 9_007_199_254_740_991, [], {}],
      { long: Array.from({ length: 50 }, (_, index) => ({ index, text: "x".repeat(30) })) },
    ];
    for (const value of values) {
      const read = runInNewContext(`JSON.stringify(${literal(value)})`);
      assert.equal(read, JSON.stringify(value));
    }
  });

  it("keeps separators that end a line for some tools out of the text", () => {
    assert.doesNotMatch(literal("a\u2028b\u2029c\nd"), /[\u2028\u2029\n]/);
  });

  const slugs: [string, string, string][] = [
    ["Street Signs 2026", "street-signs-2026", "streetSigns2026"],
    ["Zürich – Übung", "zurich-ubung", "zurichUbung"],
    ["道路", "batch", "batch"],
    ["2026", "2026", "batch2026"],
    ["class", "class", "classBatch"],
    ["../../etc/passwd", "etc-passwd", "etcPasswd"],
    ["x".repeat(80), "x".repeat(50), "x".repeat(50)],
  ];
  for (const [name, expected, constant] of slugs) {
    it(`names ${JSON.stringify(name).slice(0, 30)} as a resource and as a constant`, () => {
      assert.equal(slug(name, "batch"), expected);
      assert.equal(identifier(expected), constant);
    });
  }

  it("gives each name once", () => {
    const names = new Names();
    const given = ["a", "a", "a-2", "a"].map((name) => names.unique(name));
    assert.deepEqual(given, ["a", "a-2", "a-2-2", "a-3"]);
  });

  it("keeps batches apart whose constants would have one name", () => {
    const batches = ["a-1", "a1"].map((name) => ({
      batch: { id: "1", name },
      name,
      size: 1,
      items: [["k", { assetUrl: "k" }]] as [string, object][],
      leftOut: new Map(),
      owners: [],
    }));
    const { "index.ts": text = "" } = programFiles("p", undefined, "id", batches);
    assert.match(text, /const a1 = new Batch\("a-1"/);
    assert.match(text, /const a12 = new Batch\("a1"/);
    assert.match(text, /batchId: a1,.*batchId: a12,/s);
  });
});
