import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  assetUnique,
  batchDeadlineLimits,
  deadlineRequired,
  labelCategories,
} from "../../policy/index.ts";
import { reports, setOf } from "./support.ts";

const missing =
  "dueInSeconds is missing, and so is dueAt: set one of them, for example dueInSeconds: 604800 (7 days)";

describe("rules on the items of a manifest", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-lines-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const broken = { dueInSeconds: undefined };
  const set = (manifest: string, more: object = {}) =>
    setOf({ "a.jpg": {}, "b.jpg": broken }, { manifest, ...more });

  for (const [name, text, line] of [
    ["items.csv", "file,difficulty\na.jpg,1\nb.jpg,2\n", 3],
    ["items.jsonl", '{"key":"a.jpg"}\n\n{"assetUrl":"b.jpg"}\n', 3],
    ["objects.jsonl", '{"file_name":"a.jpg"}\n{"file_name":"b.jpg"}\n', 2],
  ] as const) {
    it(`name the line of ${name}`, async () => {
      const manifest = relative(process.cwd(), join(folder, name));
      writeFileSync(join(folder, name), text);
      assert.deepEqual(await reports(deadlineRequired, [set(manifest)]), [
        `items["b.jpg"] (${manifest}, line ${line}): ${missing}`,
      ]);
    });
  }

  it("name it of a picture with another category than allowed, and of a file of another format", async () => {
    const manifest = join(folder, "items.txt");
    writeFileSync(manifest, '{"key":"c"}\n');
    const labels = [{ metadata: { category: "stp" } }];
    const one = setOf({ c: { labels } }, { manifest, format: "jsonl" });
    assert.deepEqual(await reports(labelCategories, [one], { allowed: ["stop"] }), [
      `items["c"] (${manifest}, line 1): labels[0].metadata.category is "stp", must be one of "stop": did you mean stop?`,
    ]);
  });

  it("name it of what a rule on the whole stack is against", async () => {
    const manifest = join(folder, "twice.jsonl");
    writeFileSync(manifest, '{"key":"a"}\n{"key":"b"}\n');
    const late = { assetUrl: "a.jpg", dueInSeconds: 90_000 };
    const twice = setOf({ a: late, b: late }, { manifest });
    const [unique = "", ...more] = await reports(assetUnique, [twice]);
    assert.ok(unique.startsWith(`items["b"] (${manifest}, line 2): assetUrl "a.jpg" must be`));
    const limits = [{ batch: "Default", maximumSeconds: 86_400 }];
    const [tooLate = ""] = await reports(batchDeadlineLimits, [twice], { limits });
    assert.ok(
      tooLate.startsWith(`items["a"] (${manifest}, line 1): dueInSeconds is 90000, must be`),
    );
    assert.deepEqual(more, []);
  });

  it("name none where it is not known", async () => {
    writeFileSync(join(folder, "others.csv"), "key\nc\n");
    writeFileSync(join(folder, "photos.json"), '{"images":[],"annotations":[],"categories":[]}');
    for (const name of ["none.csv", "others.csv", "photos.json"]) {
      assert.deepEqual(await reports(deadlineRequired, [set(join(folder, name))]), [
        `items["b.jpg"]: ${missing}`,
      ]);
    }
  });
});
