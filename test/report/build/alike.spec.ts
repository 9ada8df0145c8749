import assert from "node:assert/strict";
import type { Step } from "../../../report/engine/events.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { renderSummary } from "../../../report/text/summary.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

type Bbox = [number, number, number, number];

/** Four items of three boxes each, of different sizes, which change by a function of the box and its number. */
function changed(
  change: (bbox: Bbox, index: number) => Bbox,
  batchId = "17",
  items = 4,
  first: typeof change = (bbox) => bbox,
): Step {
  const set = (of: typeof change) => {
    const labels = (item: number) =>
      [0, 1, 2].map((box) => {
        const index = item * 3 + box;
        return { bbox: of([70 * box + 9, 20 + 5 * item, 60 + index, 40 + 2 * index], index) };
      });
    const all = Array.from({ length: items }, (_, item) => ({
      assetUrl: "a",
      labels: labels(item),
    }));
    return {
      inputs: { projectId: "p", batchId, items: texts(Object.fromEntries(Object.entries(all))) },
    };
  };
  const ids = Object.fromEntries(Array.from({ length: items }, (_, item) => [item, `${item}`]));
  const before = set(first);
  return step("WorkItemSet", `set${batchId}`, set(change), { ...before, outputs: { ids } });
}

const reportOf = (...steps: Step[]) => findingOf(steps, "/project").report;
const alikeOf = (...steps: Step[]) => reportOf(...steps).boxes?.alike;
const scaled = (by: number) => (bbox: Bbox) => bbox.map((side) => Math.round(side * by)) as Bbox;
const shifted =
  (across: number, down: number) =>
  ([x, y, ...size]: Bbox): Bbox => [x + across, y + down, ...size];

describe("report: boxes that all change alike", () => {
  it("are told to be scaled, rounded ones as well", () => {
    const report = reportOf(changed(scaled(1.2)));
    assert.deepEqual(report.boxes?.alike, { boxes: 12, factor: [1.2, 1.2] });
    const line =
      "All 12 boxes that change are scaled by 1.2 × 1.2, places and sizes: perhaps their file is for another size of the pictures.";
    assert.ok(renderSummary(report).includes(`\n${line}\n`));
    assert.ok(renderMarkdown(report).includes(`\n\n${line}\n`));
  });

  it("are told to move, in the batch where they do", () => {
    const report = reportOf(
      changed(shifted(4, -6)),
      changed((bbox, index) => shifted(index, 1)(bbox), "18"),
    );
    assert.deepEqual(report.batches.map(({ boxes }) => boxes?.alike).filter(Boolean), [
      { boxes: 12, shift: [4, -6] },
    ]);
    assert.match(
      renderSummary(report),
      /\nIn batch 17, all 12 boxes that change move by \(\+4, −6\): perhaps .* another crop of the pictures\.\n/,
    );
  });

  it("are few, changed by rounding, or one in its own way, and then are not told", () => {
    for (const each of [
      changed(shifted(4, 4), "17", 3),
      changed(shifted(0.4, 0.4)),
      changed(scaled(1.005)),
      changed((bbox, index) => shifted(index === 7 ? 9 : 4, 4)(bbox)),
      changed((bbox, index) => scaled(index === 7 ? 1.3 : 1.2)(bbox)),
      // Each grows around its own place.
      changed(([x, y, width, height]) => [x, y, width * 1.2, height * 1.2]),
    ]) {
      const report = reportOf(each);
      assert.equal(report.boxes?.alike, undefined);
      assert.doesNotMatch(renderSummary(report), /perhaps/);
    }
    assert.equal(alikeOf(changed((bbox) => bbox)), undefined);
    // In a small picture, a pixel more is as much as another size of it.
    const old = ([x, y, width, height]: Bbox): Bbox => [x / 8, y / 8, width / 3, height / 3];
    const wider = (bbox: Bbox): Bbox => {
      const [x, y, width, height] = old(bbox);
      return [x, y, width + 1, height + 1];
    };
    assert.equal(alikeOf(changed(wider, "17", 4, old)), undefined);
  });
});
