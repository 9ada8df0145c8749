import { doneOf, doneText } from "./done-words.ts";
import { costSentence } from "./effort-words.ts";
import type { BatchReport, Report } from "./model.ts";
import { count, thousands } from "./words.ts";

/** The overall result, in one line. */
export function headline(report: Report): string {
  const { kind, totals, result, uploads, others, batches, boxes, effort, isRiskChecked } = report;
  if (result === "unchanged") {
    return kind === "drift" ? "Nothing changed on the platform." : "Nothing to do.";
  }
  const {
    added,
    adopted,
    moved,
    renamed,
    replaced,
    relabelled,
    cancelled,
    changed,
    missing,
    atRisk,
  } = totals;
  const isOf = (action: BatchReport["action"]) =>
    batches.filter((batch) => batch.action === action).length;
  const adoptedBatches = batches.filter((batch) => batch.adopted).length;
  const leaving = uploads.filter(({ action }) => action === "keep").length;
  const categories = (change: "vanishes" | "new") =>
    boxes?.categories.filter((each) => each.change === change).length ?? 0;
  const done = doneText(doneOf(report, "relabel"));
  const movedDone = doneText(doneOf(report, "move"));
  const ofRelabelled: [number, string] = [relabelled, `relabelled${after(done)}`];
  const ofMoved: [number, string] = [
    moved,
    `moved${after(movedDone && `${movedDone}, with other labels`)}`,
  ];
  const parts: [number, string][] = [
    [atRisk, "with people's work at risk"],
    ...(done === undefined ? [] : [ofRelabelled]),
    ...(movedDone === undefined ? [] : [ofMoved]),
    [cancelled, "cancelled"],
    [replaced, "replaced"],
    [missing, "missing"],
    [changed, "changed"],
    [added, `new${after(renamed > 0 ? `${thousands(renamed)} of them renamed` : undefined)}`],
    [adopted, "adopted"],
    ...(movedDone === undefined ? [ofMoved] : []),
    ...(done === undefined ? [ofRelabelled] : []),
  ];
  const items = parts
    .filter(([number]) => number > 0)
    .map(([number, text]) => `${thousands(number)} ${text}`);
  const rest: [number, string, string?][] = [
    [categories("new"), "new category", "new categories"],
    [isOf("create") - adoptedBatches, "new batch", "new batches"],
    [adoptedBatches, "adopted batch", "adopted batches"],
    [isOf("update") + isOf("change") + isOf("replace"), "changed batch", "changed batches"],
    [isOf("keep"), "batch that leaves the stack", "batches that leave the stack"],
    [isOf("missing"), "missing batch", "missing batches"],
    [uploads.length - leaving, "file"],
    [leaving, "file that leaves the stack", "files that leave the stack"],
    [others.length, "other resource"],
  ];
  const beside = rest.filter(([number]) => number > 0).map((part) => count(...part));
  const ofItems =
    items.length > 0 ? `Work items: ${items.join(", ")}.` : "No work item is seen to change.";
  const cost = costSentence(effort);
  const vanishing = categories("vanishes");
  const failed = kind === "drift" ? "The refresh failed." : "The preview failed.";
  return [
    ...(result === "failed" ? [failed] : []),
    // What a failed preview does not show may change all the same.
    ...(result === "failed" && items.length === 0 ? [] : [ofItems]),
    ...(vanishing > 0 ? [`${count(vanishing, "category vanishes", "categories vanish")}.`] : []),
    ...(beside.length > 0 ? [`Also: ${beside.join(", ")}.`] : []),
    ...(cost === undefined ? [] : [cost]),
    ...(isRiskChecked ? [] : ["Work at risk is not checked."]),
  ].join(" ");
}

function after(text: string | undefined): string {
  return text === undefined ? "" : ` (${text})`;
}
