import type { EffortReport } from "./model.ts";
import { amount, growthIn, percentOf } from "./words.ts";

// The wording of what the work of people costs.

/** Whether the update costs anything, or changes what all items cost. */
export function isEffortChanged({ before, after, update, relabelled }: EffortReport): boolean {
  return before !== after || update > 0 || relabelled > 0;
}

/** What an update costs, in one sentence; nothing if it costs nothing. */
export function costSentence(effort: EffortReport | undefined): string | undefined {
  if (effort === undefined || effort.update === 0) {
    return undefined;
  }
  const percent = percentOf(effort);
  const grows = percent > 0 ? `; the work on all items grows by ${percent} %` : "";
  return `It costs ${amount(effort.update, effort.unit)} of people's work${grows}.`;
}

/** What an update costs, in lines. */
export function effortLines(effort: EffortReport): string[] {
  const { unit, item, box, before, after, update, replaced, hidden } = effort;
  const of = (number: number) => amount(number, unit);
  // Otherwise the sum of what was and of what is new would be more than what is told.
  const less =
    update - replaced - (after - before) > 0.01
      ? "; what is cancelled or removed is taken off"
      : "";
  const all =
    before === after
      ? `${of(before)}, as before`
      : `${of(before)} before, ${of(after)} after${growthIn(effort)}${less}`;
  const ofReplaced = replaced > 0 ? `, ${of(replaced)} of it for replaced items` : "";
  return [
    update > 0 ? `This update costs ${of(update)} of people's work${ofReplaced}.` : "No new work.",
    ...(hidden > 0
      ? [`That is without the boxes of ${hidden} of its items, which are hidden.`]
      : []),
    ...relabelledLine(effort),
    `All items, finished ones included: ${all}.`,
    `This is by ${of(item)} for an item and ${of(box)} for a box of its labels.`,
  ];
}

/** What the work on relabelled items is, which is not new. */
function relabelledLine({ unit, relabelled, relabelledDone = 0 }: EffortReport): string[] {
  if (relabelled === 0) {
    return [];
  }
  const work = `The relabelled items are ${amount(relabelled, unit)} of work`;
  return relabelledDone === 0
    ? [`${work}, none of it begun: it is not new.`]
    : [
        `${work}, ${amount(relabelledDone, unit)} of it in items that people have begun or finished: doing that again is not counted.`,
      ];
}
