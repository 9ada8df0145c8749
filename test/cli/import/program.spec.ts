import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";
import { literal } from "../../../cli/import/literal.ts";
import { identifier, Names, slug } from "../../../cli/import/names.ts";
import { declarationsOf } from "../../../cli/import/program.ts";
import { pythonFiles } from "../../../cli/import/python.ts";
import { typescriptFiles } from "../../../cli/import/typescript.ts";
import { yamlFiles } from "../../../cli/import/yaml.ts";

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
    const batches = ["a-1", "a1"].map((name) => gathered(name));
    const { "index.ts": text = "" } = typescriptFiles("p", "id", batches, undefined);
    assert.match(text, /const a1 = new Batch\("a-1"/);
    assert.match(text, /const a12 = new Batch\("a1"/);
    assert.match(text, /batchId: a1,.*batchId: a12,/s);
  });

  const programs = {
    yaml: (batches: ReturnType<typeof gathered>[]) => yamlFiles("p", "id", batches)["Pulumi.yaml"]!,
    python: (batches: ReturnType<typeof gathered>[]) =>
      pythonFiles("p", "id", batches)["__main__.py"]!,
  };

  it("is read by YAML as it was, and nothing in it refers to a resource", () => {
    const items = Object.fromEntries(hostile.map((text) => [`k${text}`, { metadata: { text } }]));
    const text = programs.yaml([gathered("signs", items)]);
    const { resources } = parse(text);
    assert.deepEqual(Object.keys(resources), ["signs", "signs-items"]);
    const { properties } = resources["signs-items"];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how YAML refers to a resource
    assert.equal(properties.batchId, "${signs.batchId}");
    const read = JSON.parse(JSON.stringify(properties.items).replaceAll("$${", "${"));
    assert.deepEqual(read, items);
    const references = JSON.stringify(properties.items).match(/(?<!\$)\$\{/g);
    assert.equal(references, null);
  });

  it("is read by Python as it was, with the SDK's names of fields", function () {
    const python = spawnSync("python3", ["--version"]);
    if (python.status !== 0) {
      this.skip();
    }
    const items = Object.fromEntries(
      hostile
        .filter((text) => text.isWellFormed())
        .map((text) => [
          `k${text}`,
          { dueInSeconds: 60, metadata: { fieldName: [text, null, true] } },
        ]),
    );
    const text = programs.python([gathered("signs", items), gathered("other-signs")]);
    const stub = `
import json, sys, types
made = []
def kind(name):
    def make(resource, **args):
        made.append([name, resource, {key: value for key, value in args.items() if key != "batch_id"}])
        return types.SimpleNamespace(batch_id=resource)
    return make
sys.modules["pulumi_aidp"] = types.SimpleNamespace(Batch=kind("Batch"), WorkItemSet=kind("WorkItemSet"))
exec(sys.stdin.read())
print(json.dumps(made))
`;
    const { stdout, stderr } = spawnSync("python3", ["-c", stub], {
      input: text,
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    const common = { project_id: "id", adopt: true };
    const snake = Object.entries(items).map(([key, { dueInSeconds, metadata }]) => [
      key,
      { due_in_seconds: dueInSeconds, metadata },
    ]);
    assert.deepEqual(JSON.parse(stdout), [
      ["Batch", "signs", { name: "signs", ...common }],
      ["WorkItemSet", "signs", { items: Object.fromEntries(snake), ...common }],
      ["Batch", "other-signs", { name: "other-signs", ...common }],
      ["WorkItemSet", "other-signs", { items: { k: { asset_url: "k" } }, ...common }],
    ]);
  });
});

function gathered(name: string, items: Record<string, object> = { k: { assetUrl: "k" } }) {
  return declarationsOf({
    batch: { id: "1", name },
    name,
    size: Object.keys(items).length,
    items: Object.entries(items),
    leftOut: new Map(),
    owners: [],
  });
}
