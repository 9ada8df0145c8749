import assert from "node:assert/strict";
import { buildReport } from "../../../report/build/report.ts";
import { Listener } from "../../../report/engine/events.ts";
import type {
  BatchReport,
  BoxReport,
  Counts,
  FieldChange,
  ItemChange,
  Report,
} from "../../../report/model.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";

const at = new Date("2026-12-01T09:00:00Z");
const heard = new Listener().heard;
const about = { kind: "preview", project: "labeling", stack: "prod", at } as const;
const empty: Report = { ...buildReport(heard, about), result: "changed" };

const item = (change: Partial<ItemChange>): ItemChange => ({
  key: "one",
  resource: "urn:pulumi:prod::labeling::pulumi-nodejs:dynamic/aidp:WorkItemSet::signs",
  action: "replace",
  fields: [],
  ...change,
});

/** A report of one batch. */
function reportWith(items: ItemChange[], counts: Partial<Counts> = {}): Report {
  const all = { ...empty.totals, ...counts };
  const batch: BatchReport = {
    name: "signs",
    action: "same",
    fields: [],
    counts: all,
    statuses: {},
    items,
    settings: [],
  };
  return { ...empty, totals: all, batches: [batch] };
}

describe("report: Markdown", () => {
  it("puts what matters most first", () => {
    const message = { text: "no such folder" };
    const rule = (name: string, level: string) => ({
      rule: name,
      pack: "pack",
      level,
      violations: [{ text: "it is not" }],
    });
    const ended = [
      item({ action: "cancel", key: "two" }),
      item({ key: "one", status: "STARTED", atRisk: "cancelled" }),
    ];
    const markdown = renderMarkdown({
      ...reportWith(ended, { before: 5, after: 4, replaced: 1, cancelled: 1, atRisk: 1 }),
      result: "failed",
      failures: [message],
      rules: [rule("must", "mandatory"), rule("may", "advisory")],
      limits: [{ option: "--max-cancelled", limit: 1, found: 2 }],
      warnings: [{ text: "look" }],
    });
    const places = [
      "### Not finished: what follows is not complete (1)\n\n- `no such folder`\n",
      "- `--max-cancelled`: ",
      "### Broken rule (mandatory, 1) `pack/must`\n\n- `it is not`\n",
      "- `one` in `signs`, STARTED: this work is cancelled and lost\n",
      "### Cancelled (1)\n\n- `two` in `signs`\n",
      "| batch | items | replaced | cancelled | at risk |\n",
      "| `signs` | 5 → 4 (−20 %) | 1 | 1 | 1 |\n",
      "Replaced (1) in <code>signs</code>",
      "Broken rule (advisory, 1) <code>pack/may</code>",
      "- `look`\n",
    ].map((text) => [text, markdown.indexOf(text)] as const);
    for (const [text, place] of places) {
      assert.notEqual(place, -1, text);
    }
    assert.deepEqual(
      places,
      places.toSorted(([, one], [, next]) => one - next),
    );
  });

  it("lets nothing of others act, wherever it stands", () => {
    const evil = "<script>alert(1)</script> @team #1 | **x**\n\n# title ``` </details>";
    const change: FieldChange = { field: evil, old: evil, new: { [evil]: evil } };
    const counts = { added: 1, moved: 1, replaced: 2, relabelled: 1, relabelledDone: 1 };
    const labels = [{ bbox: [0, 0, 1, 1], metadata: { category: evil } }];
    const changing = [
      item({ key: evil, fields: [change], moved: evil, old: { labels } }),
      item({ key: evil, action: "cancel", status: evil, moved: evil }),
      item({ key: evil, action: "cancel", renamed: evil }),
      item({ key: evil, action: "add", renamed: evil }),
      item({ key: evil, action: "replace", atRisk: "refused", status: evil }),
      item({ key: evil, action: "relabel", relabelledDone: true, status: evil }),
      item({
        key: evil,
        fields: [{ field: "labels" }],
        boxes: [{ change: "added", category: evil }],
      }),
    ];
    const report = reportWith(changing, { ...counts, renamed: 1, cancelled: 2, atRisk: 1 });
    const [batch] = report.batches;
    assert.ok(batch);
    batch.name = evil;
    batch.fields = [change];
    batch.settings = [{ ...change, resource: evil }];
    const boxes: BoxReport = {
      ...{ before: 2, after: 1, added: 1, removed: 2, moved: 0, resized: 0, recategorized: 0 },
      ...{ hiddenBefore: 0, hiddenAfter: 0 },
      categories: [{ category: evil, before: 2, after: 1, change: "vanishes" }],
      sizes: [{ from: 0, before: 2, after: 1 }],
    };
    batch.boxes = boxes;
    const markdown = renderMarkdown({
      ...report,
      batches: [batch, { ...batch, name: `${evil} 2` }],
      boxes,
      stack: evil,
      failures: [{ text: evil, resource: evil }],
      warnings: [{ text: evil }],
      rules: [{ rule: evil, pack: evil, level: "mandatory", violations: [{ text: evil }] }],
      uploads: [{ file: evil, resource: evil, action: "add", renamed: evil }],
      others: [{ resource: evil, action: evil }],
    });
    // What is left of the page without its code, in Markdown and in HTML.
    const page = markdown
      .replace(/<code>[^<]*<\/code>/g, "")
      .replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "")
      .replace(/^<!-- [\w ./-]+ -->/, "");
    for (const part of ["script", "@team", "#1", "**x**", "# title"]) {
      assert.ok(!page.includes(part), `${part} is in: ${page}`);
    }
    assert.equal(page.match(/<details>/g)?.length, page.match(/<\/details>/g)?.length);
    // Each row of a table has the cells that its head has.
    const cells = (row: string) => row.split(/(?<!\\)\|/).length;
    const tables = [...markdown.matchAll(/(?<=\n)(\|.*\n)+/g)].map(([table]) =>
      table.trim().split("\n").map(cells),
    );
    assert.deepEqual(
      tables.map((table) => [table.length, ...new Set(table)]),
      [
        [5, 12],
        [5, 7],
        [3, 7],
      ],
    );
  });

  it("says how many fields of an item it leaves out, and loses no other item for them", () => {
    const fields = Array.from({ length: 500 }, (_, number) => ({
      field: `metadata.${"k".repeat(200)}${number}`,
      old: "o".repeat(300),
      new: "n".repeat(300),
    }));
    const markdown = renderMarkdown(reportWith([item({ fields }), item({ key: "other" })]));
    assert.ok(markdown.length <= 64_000, `${markdown.length} characters`);
    assert.match(markdown, /- `one`: .*; and 490 more fields\n- `other`\n/);
  });

  it("writes deadlines in UTC, and lengths of time in full", () => {
    const markdown = renderMarkdown(
      reportWith([
        item({
          fields: [{ field: "dueInSeconds", old: 3_600, new: 172_800 }],
          deadline: "2026-12-03T09:00:00.000Z",
        }),
      ]),
    );
    assert.match(markdown, /`dueInSeconds` `1 hour` → `2 days`, due 2026-12-03 09:00 UTC\n/);
    assert.match(
      markdown,
      /<sub>Made 2026-12-01 09:00 UTC\. Deadlines are those of an update at that time; one that runs later makes them later\.<\/sub>/,
    );
  });

  it("says how many of the relabelled items are begun or finished, and what that means, once", () => {
    const boxes = [{ change: "added" as const }];
    const of = (key: string, status: string, isDone = true) =>
      item({ key, action: "relabel", status, boxes, ...(isDone && { relabelledDone: true }) });
    const three = [of("a", "COMPLETED"), of("b", "COMPLETED"), of("c", "IN_PROGRESS")];
    const markdown = renderMarkdown(
      reportWith([...three, of("d", "NEW", false)], { relabelled: 4, relabelledDone: 3 }),
    );
    assert.match(
      markdown,
      /\nWork items: 4 relabelled \(1 of them begun, 2 finished\)\.\n\n### Relabelled though begun or finished \(3\)\n\n2 finished items keep their results as people made them: nobody sees the new labels unless an item is reopened\. 1 item is begun: people may go on with the old labels\.\n\n- `a` in `signs`, COMPLETED: 1 box added\n/,
    );
    assert.match(markdown, /\| batch \| items \| relabelled \| of these begun or finished \|\n/);
    assert.match(markdown, /\n- `d`, nobody has begun it\n/);
    const moved = { ...of("a", "COMPLETED"), action: "move" as const };
    assert.match(
      renderMarkdown(reportWith([moved], { moved: 1, relabelledDone: 1 })),
      /\nWork items: 1 moved \(1 of them finished, with other labels\)\.\n\n### Relabelled though finished \(1\)\n/,
    );
  });

  it("explains only what it has", () => {
    const last = (counts: Partial<Counts>) =>
      /<sub>.*/.exec(renderMarkdown(reportWith([], counts)))?.[0];
    assert.equal(last({}), "<sub>Made 2026-12-01 09:00 UTC.</sub>");
    assert.match(last({ atRisk: 1 }) ?? "", / At risk: people have begun or finished the item, /);
    assert.match(last({ replaced: 1 }) ?? "", / A replaced item is cancelled, and made anew\.</);
  });
});
