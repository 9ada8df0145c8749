import assert from "node:assert/strict";
import { toJsonText } from "../../../provider/text/json.ts";
import { type Step, secret } from "../../../report/engine/events.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

type Items = Record<string, object>;

const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: "cup" } }];

function changed(old: Items, next: Items, name = "signs", batchId = "17"): Step {
  const set = (items: Items) => ({ inputs: { projectId: "p", batchId, items: texts(items) } });
  const ids = Object.fromEntries(Object.keys(old).map((key) => [key, `id-${key}`]));
  return step("WorkItemSet", name, set(next), { ...set(old), outputs: { ids } });
}

const uploaded = (old: Record<string, string>, next: Record<string, string>) => {
  const files = (hashes: Record<string, string>) => ({
    inputs: {
      folder: "photos",
      files: Object.fromEntries(
        Object.entries(hashes).map(([name, sha256]) => [name, toJsonText({ sha256, size: 5 })]),
      ),
    },
  });
  return step("UploadSet", "photos", files(next), files(old));
};

/** Which items are told as renamed, and the count. */
function found(...steps: Step[]) {
  const { report } = findingOf(steps, "/project");
  const items = report.batches.flatMap((batch) => batch.items);
  const names = items.flatMap(({ key, action, renamed }) =>
    renamed === undefined ? [] : [`${action} ${key}: ${renamed}`],
  );
  return { names: names.toSorted(), renamed: report.totals.renamed, report };
}

describe("report: items that only get another key", () => {
  it("are told as renamed, with what the update does, and their boxes neither go nor come", () => {
    const item = { assetUrl: "https://cdn.example/a.jpg", labels };
    const { names, renamed, report } = found(changed({ old: item }, { next: item }));
    assert.deepEqual(names, ["add next: old", "cancel old: next"]);
    const { added, cancelled } = report.totals;
    assert.deepEqual([renamed, added, cancelled], [1, 1, 1]);
    assert.deepEqual([report.boxes?.added, report.boxes?.removed], [0, 0]);
    const markdown = renderMarkdown(report);
    assert.match(markdown, /1 cancelled, 1 new \(1 of them renamed\)\./);
    assert.match(markdown, /- `old` in `batch 17`, made anew as `next`\n/);
    assert.match(
      markdown,
      /Renamed: the same picture, cancelled and made anew \(1\) in <code>batch 17<\/code><\/summary>\n\n- `old` → `next`: /,
    );
    assert.ok(!markdown.includes("New (1)"));
  });

  it("are found by the hashes of their files", () => {
    const { names, report } = found(
      uploaded({ "a.jpg": "11", "b.jpg": "22" }, { "c.jpg": "11", "d.jpg": "33" }),
      changed(
        { "a.jpg": { file: "a.jpg", labels }, "b.jpg": { file: "b.jpg" } },
        { "c.jpg": { file: "c.jpg", labels }, "d.jpg": { file: "d.jpg" } },
      ),
    );
    assert.deepEqual(names, ["add c.jpg: a.jpg", "cancel a.jpg: c.jpg"]);
    assert.deepEqual(
      report.uploads.map(({ file, action, renamed }) => [file, action, renamed]),
      [
        ["c.jpg", "add", "a.jpg"],
        ["d.jpg", "add", undefined],
        ["a.jpg", "keep", undefined],
        ["b.jpg", "keep", undefined],
      ],
    );
    const markdown = renderMarkdown(report);
    assert.match(markdown, /Also: 2 files, 2 files that leave the stack\./);
    assert.match(markdown, /Files \(2 to send, 10 B; 2 leave the stack\)/);
    assert.match(markdown, /- `c\.jpg` sent anew under this name, 5 B, before `a\.jpg`\n/);
    assert.match(markdown, /- `b\.jpg` leaves the stack, 5 B\n/);
  });

  it("are each paired once, in order", () => {
    const item = { assetUrl: "a.jpg" };
    const { names } = found(changed({ a: item, b: item }, { c: item, d: item }));
    assert.deepEqual(names, ["add c: a", "add d: b", "cancel a: c", "cancel b: d"]);
    const { report } = found(uploaded({ a: "11", b: "11" }, { c: "11", d: "11" }));
    assert.deepEqual(
      report.uploads.map(({ file, renamed }) => [file, renamed]),
      [
        ["c", "a"],
        ["d", "b"],
        ["a", undefined],
        ["b", undefined],
      ],
    );
    const { renamed } = found(changed({ a: item, b: item }, { c: item }));
    assert.equal(renamed, 1);
  });

  it("are others where content, picture or batch differ, or cannot be seen", () => {
    const item = { assetUrl: "a.jpg", labels };
    for (const steps of [
      [changed({ a: item }, { b: { ...item, difficulty: 1 } })],
      [changed({ a: item }, { b: { ...item, labels: [] } })],
      [changed({ a: item }, { b: { ...item, assetUrl: "b.jpg" } })],
      [changed({ a: item }, {}), changed({}, { b: item }, "others", "18")],
      [
        changed(
          { a: { ...item, metadata: { by: secret } } },
          { b: { ...item, metadata: { by: secret } } },
        ),
      ],
      [changed({ a: { assetUrl: secret } }, { b: { assetUrl: secret } })],
      [changed({ a: { file: "a" } }, { b: { file: "a" } })],
    ]) {
      assert.deepEqual(found(...steps).names, []);
    }
  });
});
