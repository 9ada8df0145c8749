import assert from "node:assert/strict";
import { buildReport } from "../../../report/build/report.ts";
import { Listener, type Step, secret } from "../../../report/engine/events.ts";
import { renderHtml } from "../../../report/html/page.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { renderSummary } from "../../../report/text/summary.ts";
import { findingOf, step, texts, urnOf } from "../../support/findings.ts";

const at = new Date("2026-12-01T00:00:00Z");
const effort = { item: 2, box: 0.5, unit: "minutes" };
const labels = (boxes: number, x = 0) =>
  Array.from({ length: boxes }, (_, index) => ({ bbox: [x + 20 * index, 0, 10, 10] }));
const item = (boxes: number, more: object = {}) => ({
  assetUrl: "a.jpg",
  labels: labels(boxes),
  ...more,
});

/** A report where a set changes. */
function reportOf(
  old: Record<string, object>,
  next: Record<string, object>,
  cost: number | undefined = undefined,
  adopted: string[] = [],
  statusOf: Record<string, string> = {},
) {
  const set = (items: Record<string, object>) => ({
    inputs: { projectId: "p", batchId: "17", items: texts(items) },
  });
  const ids = Object.fromEntries(Object.keys(old).map((key) => [key, key]));
  const steps: Step[] = [
    step("WorkItemSet", "signs", set(next), { ...set(old), outputs: { ids, statusOf } }),
  ];
  const look = { kind: "preview", project: "labeling", stack: "prod", at } as const;
  const resource = urnOf("WorkItemSet", "signs");
  const note = { resource, text: "adopts", adopted: adopted.length, keys: adopted };
  return buildReport(
    { ...new Listener().heard, steps },
    { ...look, effort, limits: { cost } },
    undefined,
    { notes: adopted.length > 0 ? [note] : [] },
  );
}

describe("report: what the work of people costs", () => {
  const old = { kept: item(4), replaced: item(2), relabelled: item(1), gone: item(10) };
  const next = {
    kept: item(4),
    replaced: item(2, { difficulty: 3 }),
    relabelled: item(1, { labels: labels(1, 5) }),
    fresh: item(6),
  };

  it("is that of new and replaced items; relabelled ones are told apart", () => {
    const { effort: found, batches } = reportOf(old, next);
    const expected = {
      ...effort,
      before: 4 * 2 + 17 * 0.5,
      after: 4 * 2 + 13 * 0.5,
      update: 3 + 5,
      replaced: 3,
      relabelled: 2.5,
      hidden: 0,
    };
    assert.deepEqual(found, expected);
    assert.deepEqual(batches[0]?.effort, expected);
  });

  it("is in the first line, in the table of batches, and told in full", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, number) => [`n${number}`, item(0)]),
    );
    const report = reportOf(old, { ...next, ...many });
    const markdown = renderMarkdown(report);
    assert.match(
      markdown,
      /1 cancelled, 1 replaced, 61 new, 1 relabelled\. It costs 128 minutes of people's work; the work on all items grows by 715 %\.\n/,
    );
    assert.match(markdown, /\| `batch 17` \(not in the stack\) \|.*\| 128 minutes \|/);
    const lines = [
      "This update costs 128 minutes of people's work, 3 minutes of it for replaced items.",
      "The relabelled items are 2.5 minutes of work, none of it begun: it is not new.",
      "All items, finished ones included: 16.5 minutes before, 134.5 minutes after (+715 %); what is cancelled or removed is taken off.",
      "This is by 2 minutes for an item and 0.5 minutes for a box of its labels.",
    ];
    const page = await renderHtml(report, findingOf([], "/project").files);
    for (const line of lines) {
      assert.ok(markdown.includes(`\n- ${line}`), line);
      assert.ok(page.includes(`<li>${line}</li>`), line);
      assert.ok(renderSummary(report).includes(`\neffort: ${line}`), line);
    }
  });

  it("is none for relabelled items, but it is told what doing them again would cost", () => {
    const relabelled = (...keys: string[]) =>
      Object.fromEntries(keys.map((key) => [key, item(1, { labels: labels(1, 5) })]));
    const items = { a: item(1), b: item(1), c: item(3) };
    const next = { ...items, ...relabelled("a", "b") };
    const report = reportOf(items, next, undefined, [], { a: "COMPLETED" });
    assert.deepEqual([report.effort?.relabelled, report.effort?.relabelledDone], [5, 2.5]);
    assert.match(
      renderMarkdown(report),
      /- No new work\.\n- The relabelled items are 5 minutes of work, 2\.5 minutes of it in items that people have begun or finished: doing that again is not counted\.\n- All items, finished ones included: 8\.5 minutes, as before\.\n/,
    );
  });

  it("is told of items that get other labels as they move to another declaration", () => {
    const set = (items: Record<string, object>) => ({
      inputs: { projectId: "p", batchId: "17", items: texts(items) },
    });
    const outputs = { ids: { a: "a", b: "b" }, statusOf: { a: "COMPLETED", b: "COMPLETED" } };
    const other = { labels: labels(1, 5) };
    const look = { kind: "preview", project: "labeling", stack: "prod", at, effort } as const;
    const steps = [
      step("WorkItemSet", "from", set({}), { ...set({ a: item(1), b: item(1) }), outputs }),
      step("WorkItemSet", "to", set({ a: item(1, other), b: item(1) })),
    ];
    const { effort: found, totals } = buildReport({ ...new Listener().heard, steps }, look);
    assert.deepEqual([totals.moved, totals.relabelledDone], [2, 1]);
    assert.deepEqual([found?.update, found?.relabelled, found?.relabelledDone], [0, 2.5, 2.5]);
  });

  it("is that of items that go to another batch, which are made anew", () => {
    const set = (batchId: string) => ({
      inputs: { projectId: "p", batchId, items: texts({ a: item(1) }) },
    });
    const look = { kind: "preview", project: "labeling", stack: "prod", at, effort } as const;
    const steps = [
      step("WorkItemSet", "signs", set("18"), { ...set("17"), outputs: { ids: { a: "a" } } }),
    ];
    const { effort: found } = buildReport({ ...new Listener().heard, steps }, look);
    assert.deepEqual([found?.before, found?.after, found?.update], [2.5, 2.5, 2.5]);
  });

  it("exceeds --max-cost, in its own unit", () => {
    assert.deepEqual(reportOf(old, next, 8).limits, []);
    const report = reportOf(old, next, 7.5);
    assert.deepEqual(report.limits, [
      { option: "--max-cost", limit: 7.5, unit: "minutes", found: 8 },
    ]);
    assert.match(
      renderMarkdown(report),
      /- `--max-cost`: 7\.5 minutes are allowed, and the update costs 8 minutes\n/,
    );
  });

  it("cannot be seen where the labels of what is made are hidden", () => {
    const report = reportOf({}, { fresh: { assetUrl: "a.jpg", labels: secret } }, 100);
    assert.deepEqual(report.limits, [{ option: "--max-cost", limit: 100, unit: "minutes" }]);
    assert.equal(report.effort?.hidden, 1);
  });

  it("is nothing for items that are adopted, or cancelled", () => {
    const report = reportOf({ gone: item(3) }, { there: item(3), fresh: item(1) }, 3, ["there"]);
    assert.deepEqual([report.effort?.update, report.limits], [2.5, []]);
    assert.deepEqual([report.totals.adopted, report.totals.added], [1, 1]);
    const items = report.batches.flatMap((batch) => batch.items);
    assert.deepEqual(
      items.map(({ key, adopted }) => [key, adopted]),
      [
        ["there", true],
        ["fresh", undefined],
        ["gone", undefined],
      ],
    );
  });
});
