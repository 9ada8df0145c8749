import type { ItemChange, Report } from "./model.ts";
import { count, thousands } from "./words.ts";

// The wording of items that get other labels though people have begun or finished them.

/** How many items people have begun, and how many they have finished. */
interface Done {
  begun: number;
  finished: number;
}

export function doneOf({ batches }: Report, action?: ItemChange["action"]): Done {
  const done = batches
    .flatMap(({ items }) => items)
    .filter((item) => item.relabelledDone && (action === undefined || item.action === action));
  const finished = done.filter(({ status }) => status === "COMPLETED").length;
  return { begun: done.length - finished, finished };
}

/** `3 of them begun, 5 finished`; nothing if people have begun none. */
export function doneText({ begun, finished }: Done): string | undefined {
  const of = (number: number, word: string, them: string) =>
    number > 0 ? [`${thousands(number)}${them} ${word}`] : [];
  const parts = [
    ...of(begun, "begun", " of them"),
    ...of(finished, "finished", begun > 0 ? "" : " of them"),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The title of the list of these items, without their number. */
export function doneTitle({ begun, finished }: Done): string {
  const words = [...(begun > 0 ? ["begun"] : []), ...(finished > 0 ? ["finished"] : [])];
  return `Relabelled though ${words.join(" or ")}`;
}

/** What that means for people's work. */
export function doneNote({ begun, finished }: Done): string {
  const kept = `${count(finished, "finished item keeps its result as people made it", "finished items keep their results as people made them")}: nobody sees the new labels unless an item is reopened.`;
  const going = `${count(begun, "item is", "items are")} begun: people may go on with the old labels.`;
  return [...(finished > 0 ? [kept] : []), ...(begun > 0 ? [going] : [])].join(" ");
}
