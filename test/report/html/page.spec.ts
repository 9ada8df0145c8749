import assert from "node:assert/strict";
import { renderHtml } from "../../../report/html/page.ts";
import type { Report } from "../../../report/model.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

const set = (items: Record<string, object>) => ({
  inputs: { projectId: "p", batchId: "17", items: texts(items) },
});

function pageWith(
  items: Record<string, object>,
  old: Record<string, object> = {},
  statusOf: Record<string, string> = {},
  change: (report: Report) => Report = (report) => report,
): Promise<string> {
  const ids = Object.fromEntries(Object.keys(old).map((key) => [key, key]));
  const outputs = { ids, statusOf };
  const { report, files } = findingOf(
    [step("WorkItemSet", "signs", set(items), { ...set(old), outputs })],
    "/project",
  );
  return renderHtml(change(report), files);
}

describe("report: page", () => {
  it("lets nothing of others act, wherever it stands", async () => {
    const evil = `"><img src=x onerror=alert(1)></script><script>alert(2)</script><!--`;
    const message = { text: evil, resource: evil };
    const items = Object.fromEntries(
      Array.from({ length: 70 }, (_, number) => [
        `${evil}${number}`,
        {
          assetUrl: number === 0 ? "javascript:alert(3)" : `https://x.example/${evil}`,
          metadata: { [evil]: evil },
          labels: [{ bbox: [1, 2, 3, 4], metadata: { category: evil } }, { bbox: [evil, 1, 2, 3] }],
        },
      ]),
    );
    const old = Object.fromEntries(Object.keys(items).map((key) => [key, { assetUrl: "a" }]));
    const page = await pageWith(items, old, {}, (report) => ({
      ...report,
      project: evil,
      stack: evil,
      batches: report.batches.flatMap((batch) => [
        {
          ...batch,
          name: evil,
          fields: [{ field: evil, old: evil, new: { [evil]: evil } }],
          statuses: { [evil]: 1 },
          items: batch.items.map((item) => ({ ...item, status: evil, moved: evil, renamed: evil })),
          settings: [{ resource: evil, field: evil, new: evil }],
        },
        { ...batch, name: `${evil}2` },
      ]),
      failures: [message],
      warnings: [message],
      limits: [{ option: evil, limit: 1 }],
      rules: ["mandatory", evil].map((level) => ({
        rule: evil,
        pack: evil,
        level,
        violations: [message],
      })),
      uploads: [{ file: evil, resource: evil, action: "add", renamed: evil }],
      others: [{ resource: evil, action: evil }],
    }));
    const outside = page.replace(/<(style|script)\b[^>]*>.*?<\/\1>/gs, "<$1>");
    assert.ok(page.includes("&lt;img src=x"));
    assert.ok(!/<img|<!--|onerror=alert\(1\)>/.test(outside), "a tag of others is in the page");
    assert.equal(page.match(/<script/g)?.length, 2);
    assert.equal(page.match(/<\/script>/g)?.length, 2);
    assert.ok(!/href="(?!https:|#|data:,)/.test(page));
    const [, data = ""] =
      /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page) ?? [];
    const { cards } = JSON.parse(data) as { cards: { html?: string }[] };
    const hidden = cards.flatMap(({ html = [] }) => html);
    assert.equal(hidden.length, 80);
    assert.ok(hidden.every((html) => !/<img|<script|<!--/.test(html)));
  });

  it("shows no query of a URL, which may be a signed one, and links to https only", async () => {
    const signed = (name: string) =>
      `https://me:pass@cdn.example.com/${name}.jpg?sig=s3cret#s3cret`;
    const page = await pageWith(
      {
        one: {
          assetUrl: signed("new"),
          metadata: { from: `see ${signed("x")} and ${signed("y")}` },
        },
        plain: { assetUrl: "http://plain.example.com/1.jpg?sig=s3cret", difficulty: 1 },
        [signed("key")]: { assetUrl: signed("key"), resultsUrl: `${signed("r")} s3cret` },
      },
      { one: { assetUrl: signed("old") }, plain: { assetUrl: "b" } },
    );
    for (const part of ["s3cret", "me:pass", "http://plain.example.com/1.jpg?s"]) {
      assert.ok(!page.includes(part), `${part} is in the page`);
    }
    assert.match(
      page,
      /<a href="https:\/\/cdn\.example\.com\/new\.jpg" rel="noopener noreferrer">cdn\.example\.com<\/a>/,
    );
    assert.match(page, /<dd>plain\.example\.com<\/dd>/);
    assert.match(page, /No picture: it is elsewhere, and a report fetches nothing\./);
  });

  it("has what matters most first, and says what it leaves out", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_050 }, (_, number) => [`new${number}`, { assetUrl: `${number}` }]),
    );
    const begun = { assetUrl: "b", difficulty: 1 };
    const page = await pageWith(
      { ...many, begun: { ...begun, difficulty: 2 }, replaced: { assetUrl: "d" } },
      { replaced: { assetUrl: "c" }, gone: { assetUrl: "a" }, begun },
      { begun: "IN_PROGRESS" },
    );
    const keys = [...page.matchAll(/<h3 [^>]*>(.*?)<\/h3>/g)].map(([, key]) => key);
    assert.deepEqual(keys.slice(0, 4), ["begun", "gone", "replaced", "new0"]);
    assert.equal(page.match(/<li class="card /g)?.length, 60);
    assert.match(page, /60 of 10,000 work items are shown\. The others need JavaScript\./);
    assert.match(page, /53 more work items that matter less are only in the JSON report\./);
    assert.ok(page.length < 10_000_000, `${page.length} characters`);
  });

  it("plots boxes by category and size, and flags a category that vanishes before anything else", async () => {
    const box = (category: string, width: number) => ({
      bbox: [1, 2, width, width],
      metadata: { category },
    });
    const page = await pageWith(
      { one: { assetUrl: "a", labels: [box("cup", 20), box("cup", 40)] } },
      { one: { assetUrl: "a", labels: [box("cup", 20), box("mug", 90)] } },
    );
    const places = [
      "no box of <code>mug</code> is left: there was 1, in <code>one</code>",
      '<dl class="totals">',
      'aria-label="Boxes by category: mug 1 before, 0 after; cup 1 before, 2 after"',
      'aria-label="Boxes by size: the side of a square of the same area, in pixels: 16 to 32 1 before, 1 after; 32 to 64 0 before, 1 after; 64 to 128 1 before, 0 after"',
      '<ol id="cards">',
    ].map((part) => [part, page.indexOf(part)] as const);
    assert.deepEqual(
      places.map(([, place]) => place),
      places.map(([, place]) => place).toSorted((one, other) => one - other),
    );
    assert.ok(
      places.every(([, place]) => place !== -1),
      JSON.stringify(places),
    );
    assert.match(page, /<rect class="bar before" x="130" y="2" width="105" height="11"\/>/);
  });

  it("draws new boxes of new items as new, and where those of before were that moved", async () => {
    const labels = (...xs: number[]) =>
      xs.map((x) => ({ bbox: [x, 2, 30, 40], metadata: { category: "sign" } }));
    const olds = {
      moved: { assetUrl: "a", labels: labels(5, 90) },
      begun: { assetUrl: "b", labels: labels(5) },
      gone: { assetUrl: "c", labels: labels(7) },
    };
    const page = await pageWith(
      {
        moved: { assetUrl: "a", labels: labels(9, 90) },
        begun: { assetUrl: "b", labels: [] },
        fresh: { assetUrl: "d", labels: labels(3) },
      },
      olds,
      { begun: "IN_PROGRESS" },
    );
    const cardOf = (key: string) =>
      page.split('<li class="card').find((card) => card.includes(`>${key}</h3>`)) ?? "";
    const rects = (key: string) =>
      [...cardOf(key).matchAll(/<rect class="box ([a-z]*)" x="([0-9]+)"/g)].map(
        ([, kind, x]) => `${kind} ${x}`,
      );
    // First those of the picture of before, then those of the picture of after.
    assert.deepEqual(rects("moved"), ["moved 5", " 90", "was 5", "moved 9", " 90"]);
    assert.deepEqual([rects("fresh"), rects("gone")], [["added 3"], ["removed 7"]]);
    assert.match(page, /<p class="legend">Boxes: .*unchanged.*where it was/);
    assert.match(page, /name="done" value="1">.* other labels though begun or finished <[^>]*>1</);
    assert.match(page, /"key":"begun","action":"relabel","batch":0,"isAtRisk":false,"isDone":true/);
    const plain = await pageWith({ one: { assetUrl: "a" } });
    assert.ok(!plain.includes('class="legend"') && !plain.includes('name="done"'));
  });

  it("says of an item what happens to it, until when, and what changes", async () => {
    const box = (x: number) => ({ bbox: [x, 2, 3, 4], metadata: { category: "sign" } });
    const page = await pageWith(
      { one: { assetUrl: "a", dueInSeconds: 86_400, labels: [box(1), box(3)] } },
      { one: { assetUrl: "a", dueInSeconds: 3_600, labels: [box(1)] } },
      { one: "COMPLETED" },
    );
    const relabelled = await pageWith(
      { one: { assetUrl: "a", labels: [box(1)] } },
      { one: { assetUrl: "a", labels: [box(2)] } },
      { one: "COMPLETED" },
    );
    const notice = "1 finished item keeps its result as people made it: nobody sees the new labels";
    assert.ok(relabelled.includes(notice) && !page.includes(notice));
    assert.ok(
      relabelled.includes(
        "COMPLETED: it gets other labels, but keeps the result that people made: ",
      ),
    );
    for (const part of [
      '<span class="badge replace"><span aria-hidden="true">⟳</span> replaced</span>',
      "Work at risk. COMPLETED: the update refuses to end it.",
      '<time datetime="2026-12-02T09:00:00.000Z">2026-12-02 09:00 UTC</time>',
      '<code>dueInSeconds</code> <del>1 hour</del> <span class="to">→</span> <ins>1 day</ins>',
      'aria-label="one, before, no picture, 1 box: sign"',
      'aria-label="one, after, no picture, 2 boxes: sign"',
      "<figcaption>2 boxes: sign · 1 box added<",
      "<p>1 → 2 boxes (+100 %): 1 unchanged, 1 added</p>",
      '<rect class="box added" x="3" y="2" width="3" height="4"><title>sign</title></rect>',
    ]) {
      assert.ok(page.includes(part), part);
    }
  });
});
