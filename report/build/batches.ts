import { isObject } from "../../provider/lifecycle/plain.ts";
import type { Effort } from "../../provider/pulumi/effort.ts";
import { batchMutability } from "../../provider/resources/batch.ts";
import type { Step } from "../engine/events.ts";
import type { BatchReport, Counts, ItemAction, ItemChange } from "../model.ts";
import { acrossBatches, BoxSums } from "./box-sums.ts";
import type { Stepped } from "./effects.ts";
import { EffortSums } from "./effort-sums.ts";
import { fieldChanges, secretChanges } from "./fields.ts";
import type { Place } from "./places.ts";
import { emptyTally, type Tally } from "./tallies.ts";

const batchFields = Object.keys(batchMutability).filter((field) => field !== "adopt");

const none: Counts = {
  before: 0,
  after: 0,
  added: 0,
  adopted: 0,
  moved: 0,
  renamed: 0,
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

/** What the items of a batch, or of all batches, come to. */
class Sums {
  readonly #boxes = new BoxSums();
  readonly #effort = new EffortSums();

  before(tally: Tally): void {
    this.#boxes.before(tally);
    this.#effort.before(tally);
  }

  after(tally: Tally): void {
    this.#boxes.after(tally);
    this.#effort.after(tally);
  }

  items(items: readonly ItemChange[], ofBoxes = items): void {
    for (const item of ofBoxes) {
      this.#boxes.item(item);
    }
    for (const item of items) {
      this.#effort.item(item);
    }
  }

  report(effort: Effort | undefined): Pick<BatchReport, "boxes" | "effort"> {
    const boxes = this.#boxes.report();
    return {
      ...(effort !== undefined && { effort: this.#effort.report(effort) }),
      ...(boxes !== undefined && { boxes }),
    };
  }
}

/** Collects the batches that resources declare or have items in, each once. */
export class Batches {
  readonly #found = new Map<string, BatchReport>();
  readonly #sums = new Map<BatchReport, Sums>();
  readonly #all = new Sums();
  readonly #effort: Effort | undefined;

  constructor(effort?: Effort) {
    this.#effort = effort;
  }

  declare(step: Step, place: Place, isDrift: boolean, isAdopted: boolean): void {
    const batch = this.#at(place);
    batch.action = actionOf(step, isDrift);
    if (isAdopted && batch.action === "create") {
      batch.adopted = true;
    }
    if (step.old !== undefined && step.new !== undefined && step.op !== "delete") {
      const { inputs, outputs } = step.old;
      // After an update that failed in part, only the outputs have the metadata that is there.
      const metadata = isObject(outputs.metadata) ? outputs.metadata : inputs.metadata;
      const found = fieldChanges(batchFields, { ...inputs, metadata }, step.new.inputs);
      batch.fields = [...found, ...secretChanges(batchFields, step.changed, found)];
      if (step.isUndone && isDrift && found.length === 0) {
        batch.action = "same";
        batch.fields = [];
      }
    }
  }

  /** Adds what happens to the items of a resource. `adopted` counts those that are added but exist already. */
  add({ step: { urn }, effect }: Stepped, adopted: number): void {
    const { before, after, items, settings } = effect;
    if (before !== undefined) {
      const batch = this.#at(before.place);
      const { counts, statuses } = batch;
      counts.before += before.count;
      for (const sums of this.#sumsOf(batch)) {
        sums.before(before.boxes ?? emptyTally());
      }
      for (const [status, count] of Object.entries(before.statuses)) {
        statuses[status] = (statuses[status] ?? 0) + count;
      }
    }
    if (after !== undefined) {
      const batch = this.#at(after.place);
      const { counts } = batch;
      counts.after += after.count;
      for (const sums of this.#sumsOf(batch)) {
        sums.after(after.boxes ?? emptyTally());
      }
      counts.adopted += adopted;
      // A preview does not show hidden items as added.
      counts.added -= Math.min(adopted, items.filter(({ item }) => item.action === "add").length);
    }
    const all = items.map(({ item }) => item);
    this.#all.items(all, acrossBatches(all));
    for (const { place, item } of items) {
      const batch = this.#at(place);
      batch.items.push(item);
      const [sums] = this.#sumsOf(batch);
      sums.items([item]);
      batch.counts[countOf[item.action]] += 1;
      if (item.atRisk !== undefined) {
        batch.counts.atRisk += 1;
      }
      if (item.renamed !== undefined && item.action === "add") {
        batch.counts.renamed += 1;
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
    const all = [...this.#found.values()].map((batch) => ({
      ...batch,
      ...this.#sums.get(batch)?.report(this.#effort),
    }));
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

  /** What all batches come to. */
  total(): Pick<BatchReport, "boxes" | "effort"> {
    return this.#all.report(this.#effort);
  }

  /** The sums of a batch, and those of all. */
  #sumsOf(batch: BatchReport): [Sums, Sums] {
    const known = this.#sums.get(batch) ?? new Sums();
    this.#sums.set(batch, known);
    return [known, this.#all];
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
