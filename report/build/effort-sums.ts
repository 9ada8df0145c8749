import type { Effort } from "../../provider/pulumi/effort.ts";
import type { EffortReport, ItemChange } from "../model.ts";
import { boxesOf } from "./boxes.ts";
import { emptyTally, merge, type Tally } from "./tallies.ts";

/** Adds up items and their boxes, to say what the work on them costs. */
export class EffortSums {
  readonly #before = emptyTally();
  readonly #after = emptyTally();
  readonly #added = new Work();
  readonly #replaced = new Work();
  readonly #relabelled = new Work();
  readonly #relabelledDone = new Work();

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
      this.#added.add(next);
    } else if (action === "replace") {
      this.#replaced.add(next);
    } else if (isRelabelled) {
      this.#relabelled.add(next);
      if (relabelledDone) {
        this.#relabelledDone.add(next);
      }
    }
  }

  report(effort: Effort): EffortReport {
    const costOf = ({ items, boxes }: Pick<Tally, "items" | "boxes">) =>
      items * effort.item + boxes * effort.box;
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

/** Items that people are to do, and their boxes. */
class Work {
  items = 0;
  boxes = 0;
  hidden = 0;

  add(item: ItemChange["new"] = {}): void {
    const boxes = "item" in item ? undefined : boxesOf(item.labels);
    this.items += 1;
    this.boxes += boxes?.length ?? 0;
    this.hidden += boxes === undefined ? 1 : 0;
  }
}

/** Without what sums of fractions leave. */
function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
