import assert from "node:assert/strict";
import { flaggedCategories, flaggedText } from "../../../report/category-words.ts";
import { type Side, type Step, secret } from "../../../report/engine/events.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { renderSummary } from "../../../report/text/summary.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

type Items = Record<string, object>;

const label = (x: number, category?: string, width = 10) => ({
  bbox: [x, 0, width, 10],
  ...(category !== undefined && { metadata: { category } }),
});
const item = (...labels: object[]) => ({ assetUrl: "a.jpg", labels });

/** A set whose items change from one declaration to another. */
function changed(old: Items | undefined, next: Items, batchId = "17", name = "signs"): Step {
  const set = (items: Items) => ({ inputs: { projectId: "p", batchId, items: texts(items) } });
  const ids = Object.fromEntries(Object.keys(old ?? {}).map((key) => [key, key]));
  return step("WorkItemSet", name, set(next), old && { ...set(old), outputs: { ids } });
}

/** The same items, but without labels. */
const gone = (items: Items): Items =>
  Object.fromEntries(Object.keys(items).map((key) => [key, item()]));

const reportOf = (...steps: Step[]) => findingOf(steps, "/project").report;
const boxesOf = (...steps: Step[]) => reportOf(...steps).boxes;

describe("report: boxes by category and size", () => {
  it("are those of all items before and after, also of items that stay the same", () => {
    const boxes = boxesOf(
      changed(
        {
          kept: item(label(1, "cup"), label(30)),
          changed: item(label(1, "cup"), label(90, "cup")),
        },
        {
          kept: item(label(1, "cup"), label(30)),
          changed: item(label(2, "cup", 25.6)),
          more: item(),
        },
      ),
    );
    assert.deepEqual(boxes, {
      before: 4,
      after: 3,
      added: 0,
      removed: 1,
      moved: 0,
      resized: 1,
      smaller: 0,
      larger: 1,
      recategorized: 0,
      iou: { least: 0.338, most: 0.338 },
      categories: [
        { category: "cup", before: 3, after: 2 },
        { before: 1, after: 1 },
      ],
      sizes: [
        { from: 8, to: 16, before: 4, after: 2 },
        { from: 16, to: 32, before: 0, after: 1 },
      ],
      hiddenBefore: 0,
      hiddenAfter: 0,
    });
  });

  it("are of metadata.category only, as for the rule label-categories", () => {
    const of = (metadata: object) => ({ bbox: [1, 0, 10, 10], metadata });
    const boxes = boxesOf(
      changed(undefined, {
        a: item(of({ category: "cup" }), of({ name: "Ann" }), of({ label: "mug" })),
        b: item(of({ category: "" }), of({ category: 7 }), { bbox: [1, 0, 10, 10] }),
      }),
    );
    assert.deepEqual(boxes?.categories, [
      { before: 0, after: 5 },
      { category: "cup", before: 0, after: 1 },
    ]);
  });

  it("are told for each batch, and a category that only one batch loses as well", () => {
    const cup = item(label(1, "cup"));
    const report = reportOf(
      changed({ a: cup, b: item(label(1, "mug")) }, { a: cup, b: cup }),
      changed(
        { a: item(label(1, "mug"), label(50, "jug")) },
        { a: item(label(1, "mug"), label(50, "urn")) },
        "18",
        "other",
      ),
    );
    assert.deepEqual(
      flaggedCategories(report).map((each) => flaggedText(each, (name) => `<${name}>`)),
      [
        "no box of <jug> is left: there was 1, in <a>",
        "<urn> is new: there is 1, in <a>",
        "in <batch 17>, no box of <mug> is left: there was 1, in <b>",
      ],
    );
    assert.equal(report.boxes?.recategorized, 2);
    const markdown = renderMarkdown(report);
    assert.match(
      markdown,
      / 1 category vanishes\. Also: 1 new category\.\n\n### Categories that vanish or are new \(3\)\n\n- no box of `jug` is left: there was 1, in `a`\n- `urn` is new: there is 1, in `a`\n- in `batch 17`, no box of `mug` is left: there was 1, in `b`\n/,
    );
    assert.match(
      markdown,
      /\n### Boxes\n\n4 boxes before and after: 2 unchanged, 2 given another category\n/,
    );
    assert.match(markdown, /\| \*\*all\*\* \| `jug` \| 1 \| 0 \| −1, vanishes \|\n/);
    assert.match(markdown, /\| `batch 17` \| `cup` \| 1 \| 2 \| \+1 \|\n/);
    assert.match(renderSummary(report), /\ncategory: no box of jug is left: there was 1, in a\n/);
  });

  it("neither vanish nor are new where all items go, come, or are hidden", () => {
    const [cup, mug] = [item(label(1, "cup")), item(label(1, "mug"))];
    const hidden = { assetUrl: "a.jpg", labels: secret };
    for (const each of [
      changed(undefined, { a: cup }),
      changed({ a: cup }, {}),
      changed({ a: cup, b: cup }, { a: mug, b: hidden }),
      changed({ a: cup, b: hidden }, { a: mug, b: hidden }),
    ]) {
      const flagged = flaggedCategories(reportOf(each)).map(({ change }) => change);
      assert.ok(!flagged.includes("vanishes"), `${flagged}`);
    }
    assert.deepEqual(flaggedCategories(reportOf(changed({ a: hidden }, { a: cup }))), []);
    const half = boxesOf(changed({ a: cup, b: cup }, { a: mug, b: hidden }));
    assert.deepEqual([half?.hiddenBefore, half?.hiddenAfter], [0, 1]);
  });

  it("are not new where they were only hidden before, as secret items or after an update that failed in part", () => {
    const cup = item(label(1, "cup"));
    const step = changed({ a: cup, b: cup }, { a: cup, b: item(label(3, "cup")) });
    const { items } = step.old?.inputs ?? {};
    const old = { ...step.old, inputs: { items: { ...(items as object), b: secret } } } as Side;
    const report = reportOf({ ...step, old });
    assert.deepEqual([report.boxes?.added, report.boxes?.hiddenBefore], [0, 1]);
    assert.match(
      renderSummary(report),
      /^1 → 2 boxes: without those of 1 item whose labels are hidden$/m,
    );
  });

  it("leave room in a comment, however many categories there are", () => {
    const many = (prefix: string) =>
      item(...Array.from({ length: 500 }, (_, index) => label(20 * index, `${prefix}${index}`)));
    const markdown = renderMarkdown(reportOf(changed({ a: many("old") }, { a: many("new") })));
    assert.match(markdown, /### Categories that vanish or are new \(1,000\)/);
    assert.match(markdown, /\n- 950 more, which the JSON report has\n/);
    assert.match(markdown, /\| … \| 950 more, which the JSON report has \| {2}\| {2}\| {2}\|\n/);
    assert.ok(markdown.length < 10_000, `${markdown.length}`);
  });

  it("count those of new and of cancelled items, and are left out where there are none", () => {
    const boxes = boxesOf(
      changed({ a: item(label(1)), b: item() }, { b: item(), c: item(label(1), label(20)) }),
    );
    assert.deepEqual([boxes?.added, boxes?.removed, boxes?.moved], [2, 1, 0]);
    assert.equal(boxesOf(changed({ a: item() }, { b: item() })), undefined);
  });

  it("of items that go to another batch leave one and come to the other, but stay in all", () => {
    const [kept, old, next] = [item(label(1), label(50)), item(label(1)), item(label(3))];
    const before = changed({ kept, old }, { kept, old });
    const after = changed(undefined, { kept, old: next }, "18");
    const report = reportOf({ ...after, op: "update", old: before.old as Side });
    const counts = [report, ...report.batches].map(({ boxes: all }) => [
      all?.before,
      all?.after,
      all?.added,
      all?.removed,
      all?.moved,
    ]);
    assert.deepEqual(counts, [
      [3, 3, 0, 0, 1],
      [3, 0, 0, 3, 0],
      [0, 3, 3, 0, 0],
    ]);
    // They are other items, so nobody must take them for ones that keep their ids.
    const markdown = renderMarkdown(report);
    assert.match(markdown, /\n- `kept` in `batch 17`, made anew in `batch 18`\n/);
    assert.match(markdown, /\n- `kept`: `a\.jpg`, cancelled in `batch 17`\n/);
  });

  it("name the first items that a category is gone from", () => {
    const cup = item(label(1, "cup"));
    const olds = Object.fromEntries(["a", "b", "c", "d", "e"].map((key) => [key, cup]));
    const markdown = renderMarkdown(reportOf(changed(olds, { ...olds, ...gone(olds) })));
    assert.match(
      markdown,
      /\n### Categories that vanish \(1\)\n\n- no box of `cup` is left: there were 5, in `a`, `b`, `c` and 2 more\n/,
    );
    assert.match(markdown, /\n5 → 0 boxes \(−100 %\): 5 removed\n/);
    assert.match(
      renderMarkdown(reportOf(changed({ a: cup }, { a: cup, b: item(label(1, "mug")) }))),
      /\n### New categories \(1\)\n\n- `mug` is new: there is 1, in `b`\n/,
    );
  });

  it("have each side's own shares, and no table where nothing differs", () => {
    const boxes = (small: number, large: number) =>
      item(
        ...Array.from({ length: small }, (_, index) => label(200 * index)),
        ...Array.from({ length: large }, (_, index) => label(200 * index, undefined, 90)),
      );
    const more = renderMarkdown(reportOf(changed({ a: boxes(6, 4) }, { a: boxes(11, 9) })));
    assert.ok(
      more.includes(`| 8 to 16 | 6 | ${"█".repeat(12)} 60 % | 11 | ${"█".repeat(11)} 55 % |`),
    );
    assert.ok(
      more.includes(`| 16 to 32 | 4 | ${"█".repeat(8)} 40 % | 9 | ${"█".repeat(9)} 45 % |`),
    );
    const shifted = item(...[1, 3].map((shift) => label(100 * shift + 2)));
    const moved = renderMarkdown(
      reportOf(changed({ a: item(label(100), label(300)) }, { a: shifted })),
    );
    assert.ok(!/Boxes by (category|size)/.test(moved));
    assert.match(
      moved,
      /\n2 boxes before and after: 2 moved\. What is moved overlaps with what it was by IoU 0\.66 \(the area that both share; 1 is the same\)\n/,
    );
  });

  it("say of an item by how much its boxes moved, or from which size to which", () => {
    const text = (olds: object[], news: object[]) => {
      const markdown = renderMarkdown(
        reportOf(changed({ a: item(...olds) }, { a: item(...news) })),
      );
      return /- `a`, nobody has begun it: (.*)\n/.exec(markdown)?.[1];
    };
    assert.equal(
      text([label(1), label(50)], [label(3), label(52)]),
      "`labels`: 2 boxes moved by (+2, 0) (IoU 0.66)",
    );
    assert.equal(
      text([label(1)], [label(1, undefined, 8)]),
      "`labels`: 1 box resized, 10×10 → 8×10 (IoU 0.80)",
    );
    assert.equal(
      text([label(1), label(50)], [label(1, undefined, 8), label(50, undefined, 12.5)]),
      "`labels`: 2 boxes resized (1 smaller, 1 larger) (IoU 0.80)",
    );
  });

  it("say of an item how far its boxes overlap with before", () => {
    const markdown = renderMarkdown(
      reportOf(
        changed({ a: item(label(1), label(50)) }, { a: item(label(2), label(53), label(90)) }),
      ),
    );
    assert.match(
      markdown,
      /- `a`, nobody has begun it: `labels` `2 boxes` → `3 boxes` \(1 box added; 2 boxes moved \(IoU 0\.53 to 0\.81\)\)\n/,
    );
  });
});
