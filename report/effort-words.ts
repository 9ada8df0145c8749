import type { EffortReport } from "./model.ts";
import { amount } from "./words.ts";

// The wording of what the work of people costs.

/** Whether the update costs anything, or changes what all items cost. */
export function isEffortChanged({ before, after, update, relabelled }: EffortReport): boolean {
  return before !== after || update > 0 || relabelled > 0;
}

/** What an update costs, in lines. */
export function effortLines(effort: EffortReport): string[] {
  const { unit, item, box, before, after, update, replaced, relabelled, hidden } = effort;
  const of = (number: number) => amount(number, unit);
  const difference = after - before;
  const sign = difference < 0 ? "−" : "+";
  const changed = before === after ? "" : `, ${sign}${of(Math.abs(difference))}`;
  return [
    `This update costs ${of(update)}${replaced > 0 ? `, ${of(replaced)} of it for replaced items` : ""}.`,
    ...(hidden > 0
      ? [`That is without the boxes of ${hidden} of its items, which are hidden.`]
      : []),
    ...(relabelled > 0
      ? [`The relabelled items are ${of(relabelled)} of work; that is not part of it.`]
      : []),
    `All items: ${of(before)} before, ${of(after)} after${changed}.`,
    `This is by ${of(item)} for an item and ${of(box)} for a box of its labels.`,
  ];
}
