import assert from "node:assert/strict";
import { withStatuses } from "../../../report/build/effects.ts";
import { buildReport, findEffects, type Known } from "../../../report/build/report.ts";
import { changingItems } from "../../../report/build/statuses.ts";
import { Listener, type Step } from "../../../report/engine/events.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { step, texts } from "../../support/findings.ts";

const at = new Date("2026-12-01T00:00:00Z");
const labels = (x: number) => [{ bbox: [x, 0, 10, 10] }];
const old = {
  changed: { assetUrl: "a.jpg", difficulty: 1 },
  gone: { assetUrl: "b.jpg" },
  kept: { assetUrl: "k.jpg" },
  labelled: { assetUrl: "c.jpg", labels: labels(1) },
  moving: { assetUrl: "d.jpg", labels: labels(1) },
};
const next = {
  changed: { assetUrl: "a.jpg", difficulty: 2 },
  kept: { assetUrl: "k.jpg" },
  labelled: { assetUrl: "c.jpg", labels: labels(2) },
  fresh: { assetUrl: "e.jpg" },
};
const set = (items: object) => ({
  inputs: { projectId: "p", batchId: "17", items: texts(items as Record<string, object>) },
});
const ids = Object.fromEntries(Object.keys(old).map((key) => [key, `id-${key}`]));
const outputs = { projectId: "p", ids, statusOf: { changed: "STARTED" } };
const steps: Step[] = [
  step("WorkItemSet", "signs", set(next), { ...set(old), outputs }),
  step("WorkItemSet", "others", set({ there: { assetUrl: "d.jpg", labels: labels(3) } })),
];

/** A report where the items have these statuses now; undefined if nobody was asked. */
function reportAt(now?: Record<string, string>, known: Known = {}) {
  const limits = { atRisk: 0, relabelledDone: 0 };
  const look = { kind: "preview", project: "labeling", stack: "prod", at, limits } as const;
  const heard = { ...new Listener().heard, steps };
  const effects = findEffects(heard, look);
  const statuses = new Map(Object.entries(now ?? {}).map(([key, status]) => [`id-${key}`, status]));
  const all = withStatuses(effects.all, statuses);
  const areStatusesNow = now !== undefined;
  return buildReport(heard, look, { ...effects, all }, { areStatusesNow, ...known });
}

describe("report: the statuses of items that change", () => {
  it("are asked for all of them, those that are relabelled or move included", () => {
    const heard = { ...new Listener().heard, steps };
    const { all } = findEffects(heard, { kind: "preview", project: "p", stack: "s", at });
    assert.deepEqual(
      new Map([...changingItems(all)].map(([project, found]) => [project, found.toSorted()])),
      new Map([["p", ["id-changed", "id-gone", "id-labelled", "id-moving"]]]),
    );
  });

  it("say what is relabelled though people have begun or finished it", () => {
    const { totals, limits, statuses, batches } = reportAt({
      changed: "NEW",
      gone: "NEW",
      labelled: "COMPLETED",
      moving: "IN_PROGRESS",
    });
    assert.deepEqual([totals.atRisk, totals.relabelledDone], [0, 2]);
    assert.deepEqual(limits, [{ option: "--max-relabelled-done", limit: 0, found: 2 }]);
    assert.equal(statuses, "now");
    const told = batches.flatMap(({ items }) => items).filter((item) => item.relabelledDone);
    assert.deepEqual(told.map(({ key, action, status }) => [key, action, status]).toSorted(), [
      ["labelled", "relabel", "COMPLETED"],
      ["there", "move", "IN_PROGRESS"],
    ]);
  });

  it("are those of the last update where nobody is asked, and the report says so", () => {
    const report = reportAt();
    assert.deepEqual([report.totals.atRisk, report.totals.relabelledDone], [1, 0]);
    assert.equal(report.statuses, "last");
    assert.match(renderMarkdown(report), /The statuses are those of the last update or refresh/);
    assert.ok(!/looked up then/.test(renderMarkdown(report)));
  });

  it("exceed the limits where the platform was asked in vain", () => {
    const statusProblem = { text: "503", isInVain: true };
    const { limits } = reportAt(undefined, { statusProblem });
    assert.deepEqual(limits, [
      { option: "--max-at-risk", limit: 0 },
      { option: "--max-relabelled-done", limit: 0 },
    ]);
  });
});
