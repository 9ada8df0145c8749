import type { Effort } from "../../provider/pulumi/effort.ts";
import type { EffortReport, ItemChange } from "../model.ts";
import { addItem, emptyTally, merge, type Tally } from "./tallies.ts";

/** Adds up items and their boxes, to say what the work on them costs. */
export class EffortSums {
  readonly #before = emptyTally();
  readonly #after = emptyTally();
  readonly #added = emptyTally();
  readonly #replaced = emptyTally();
  readonly #relabelled = emptyTally();
  readonly #relabelledDone = emptyTally();

  before(tally: Tally): void {
    merge(this.#before, tally);
  }

  after(tally: Tally): void {
    merge(this.#after, tally);
  }

  item({ action, adopted, fields, relabelledDone, new: next }: ItemChange): void {
    // An item moves to another declaration only if nothing but its labels changes.
    const isRelabelled = action === "relabel" || (action === "move" && fields.length > 0);
    if (action === "add" && !adopted) {
      addItem(this.#added, next);
    } else if (action === "replace") {
      addItem(this.#replaced, next);
    } else if (isRelabelled) {
      addItem(this.#relabelled, next);
      if (relabelledDone) {
        addItem(this.#relabelledDone, next);
      }
    }
  }

  report(effort: Effort): EffortReport {
    const costOf = ({ items, boxes }: Tally) => items * effort.item + boxes * effort.box;
    const [added, replaced] = [this.#added, this.#replaced];
    return {
      ...effort,
      before: rounded(costOf(this.#before)),
      after: rounded(costOf(this.#after)),
      update: rounded(costOf(added) + costOf(replaced)),
      replaced: rounded(costOf(replaced)),
      relabelled: rounded(costOf(this.#relabelled)),
      ...(this.#relabelledDone.items > 0 && {
        relabelledDone: rounded(costOf(this.#relabelledDone)),
      }),
      hidden: added.hidden + replaced.hidden,
    };
  }
}

/** Without what sums of fractions leave. */
function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
