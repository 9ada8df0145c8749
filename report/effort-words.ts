import type { EffortReport } from "./model.ts";
import { amount } from "./words.ts";

// The wording of what the work of people costs.

/** Whether the update costs anything, or changes what all items cost. */
export function isEffortChanged({ before, after, update, relabelled }: EffortReport): boolean {
  return before !== after || update > 0 || relabelled > 0;
}

/** By how much the work on all items grows, in percent; 0 if there was none. */
function percentOf({ before, after }: EffortReport): number {
  return before === 0 ? 0 : Math.round(((after - before) / before) * 100);
}

/** What an update costs, in one sentence; nothing if it costs nothing. */
export function costSentence(effort: EffortReport | undefined): string | undefined {
  if (effort === undefined || effort.update === 0) {
    return undefined;
  }
  const percent = percentOf(effort);
  const grows = percent > 0 ? `; the work on all items grows by ${percent} %` : "";
  return `It costs ${amount(effort.update, effort.unit)}${grows}.`;
}

/** What an update costs, in lines. */
export function effortLines(effort: EffortReport): string[] {
  const { unit, item, box, before, after, update, replaced, relabelled, hidden } = effort;
  const of = (number: number) => amount(number, unit);
  const sign = after < before ? "−" : "+";
  const percent = percentOf(effort);
  const share = percent === 0 ? "" : ` (${sign}${Math.abs(percent)} %)`;
  const all =
    before === after
      ? `${of(before)}, as before`
      : `${of(before)} before, ${of(after)} after, ${sign}${of(Math.abs(after - before))}${share}`;
  return [
    `This update costs ${of(update)}${replaced > 0 ? `, ${of(replaced)} of it for replaced items` : ""}.`,
    ...(hidden > 0
      ? [`That is without the boxes of ${hidden} of its items, which are hidden.`]
      : []),
    ...(relabelled > 0
      ? [`The relabelled items are ${of(relabelled)} of work; that is not part of it.`]
      : []),
    `All items: ${all}.`,
    `This is by ${of(item)} for an item and ${of(box)} for a box of its labels.`,
  ];
}
