import { batchMutability } from "../../provider/resources/batch.ts";
import type { Step } from "../engine/events.ts";
import type { BatchReport, BoxReport, Counts, ItemAction } from "../model.ts";
import { BoxSums } from "./box-sums.ts";
import type { Stepped } from "./effects.ts";
import { fieldChanges, secretChanges } from "./fields.ts";
import type { Place } from "./places.ts";
import { emptyTally } from "./tallies.ts";

const batchFields = Object.keys(batchMutability).filter((field) => field !== "adopt");

const none: Counts = {
  before: 0,
  after: 0,
  added: 0,
  adopted: 0,
  moved: 0,
  replaced: 0,
  relabelled: 0,
  cancelled: 0,
  changed: 0,
  missing: 0,
  atRisk: 0,
  relabelledDone: 0,
};

export function sum(all: readonly Counts[]): Counts {
  const total = { ...none };
  for (const counts of all) {
    for (const name of Object.keys(none) as (keyof Counts)[]) {
      total[name] += counts[name];
    }
  }
  return total;
}

const countOf: Readonly<Record<ItemAction, keyof Counts>> = {
  add: "added",
  move: "moved",
  replace: "replaced",
  relabel: "relabelled",
  cancel: "cancelled",
  change: "changed",
  missing: "missing",
};

/** Collects the batches that resources declare or have items in, each once. */
export class Batches {
  readonly #found = new Map<string, BatchReport>();
  readonly #boxes = new Map<BatchReport, BoxSums>();

  declare(step: Step, place: Place, isDrift: boolean): void {
    const batch = this.#at(place);
    batch.action = actionOf(step, isDrift);
    if (step.old !== undefined && step.new !== undefined && step.op !== "delete") {
      const found = fieldChanges(batchFields, step.old.inputs, step.new.inputs);
      batch.fields = [...found, ...secretChanges(batchFields, step.changed, found)];
    }
  }

  /** Adds what happens to the items of a resource. `adopted` counts those that are added but exist already. */
  add({ step: { urn }, effect }: Stepped, adopted: number): void {
    const { before, after, items, settings } = effect;
    if (before !== undefined) {
      const batch = this.#at(before.place);
      const { counts, statuses } = batch;
      counts.before += before.count;
      this.#boxesOf(batch).before(before.boxes ?? emptyTally());
      for (const [status, count] of Object.entries(before.statuses)) {
        statuses[status] = (statuses[status] ?? 0) + count;
      }
    }
    if (after !== undefined) {
      const batch = this.#at(after.place);
      const { counts } = batch;
      counts.after += after.count;
      this.#boxesOf(batch).after(after.boxes ?? emptyTally());
      counts.adopted += adopted;
      // A preview does not show hidden items as added.
      counts.added -= Math.min(adopted, items.filter(({ item }) => item.action === "add").length);
    }
    for (const { place, item } of items) {
      const batch = this.#at(place);
      batch.items.push(item);
      this.#boxesOf(batch).item(item);
      batch.counts[countOf[item.action]] += 1;
      if (item.atRisk !== undefined) {
        batch.counts.atRisk += 1;
      }
      if (item.relabelledDone) {
        batch.counts.relabelledDone += 1;
      }
      if (item.deadline !== undefined) {
        batch.deadlines = widened(batch.deadlines, item.deadline);
      }
    }
    for (const { place, change } of settings) {
      this.#at(place).settings.push({ resource: urn, ...change });
    }
  }

  /** The reports of the batches; those where the most is at stake come first. */
  reports(): BatchReport[] {
    const stake = ({ counts }: BatchReport) => [counts.atRisk, counts.cancelled + counts.replaced];
    const all = [...this.#found.values()].map((batch): BatchReport => {
      const boxes = this.#boxes.get(batch)?.report();
      return boxes === undefined ? batch : { ...batch, boxes };
    });
    return all.toSorted((one, other) => {
      const [risk = 0, ended = 0] = stake(one);
      const [otherRisk = 0, otherEnded = 0] = stake(other);
      return (
        otherRisk - risk ||
        otherEnded - ended ||
        other.items.length - one.items.length ||
        one.name.localeCompare(other.name)
      );
    });
  }

  /** The boxes of all batches. */
  boxes(): BoxReport | undefined {
    const all = new BoxSums();
    for (const each of this.#boxes.values()) {
      all.add(each);
    }
    return all.report();
  }

  #boxesOf(batch: BatchReport): BoxSums {
    const known = this.#boxes.get(batch) ?? new BoxSums();
    this.#boxes.set(batch, known);
    return known;
  }

  #at({ key, name, batchId, step }: Place): BatchReport {
    const known = this.#found.get(key);
    if (known !== undefined) {
      return known;
    }
    const batch: BatchReport = {
      name,
      ...(step !== undefined && { resource: step.urn }),
      ...(batchId !== undefined && { batchId }),
      action: step === undefined ? "outside" : "same",
      fields: [],
      counts: { ...none },
      statuses: {},
      items: [],
      settings: [],
    };
    this.#found.set(key, batch);
    return batch;
  }
}

function actionOf({ op }: Step, isDrift: boolean): BatchReport["action"] {
  if (op === "delete") {
    return isDrift ? "missing" : "keep";
  }
  if (op === "create" || op === "replace") {
    return op;
  }
  if (op === "update") {
    return isDrift ? "change" : "update";
  }
  return "same";
}

function widened(
  known: BatchReport["deadlines"],
  deadline: string,
): NonNullable<BatchReport["deadlines"]> {
  const { first, last } = known ?? { first: deadline, last: deadline };
  return { first: deadline < first ? deadline : first, last: deadline > last ? deadline : last };
}
