import { adoptedCount } from "../provider/items/adoption-words.ts";
import { batchMutability } from "../provider/resources/batch.ts";
import { isHidden } from "./declared.ts";
import { driftEffect, type Effect, previewEffect } from "./effects.ts";
import type { Heard, Step } from "./events.ts";
import { fieldChanges, secretChanges } from "./fields.ts";
import { exceeded, type Limits, type Seen } from "./limits.ts";
import type { BatchReport, Counts, ItemAction, Report, Result } from "./model.ts";
import { withMoves } from "./moves.ts";
import { type Dependencies, isKind, type Place, Places } from "./places.ts";
import type { Statuses } from "./statuses.ts";
import { uploadChanges } from "./uploads.ts";

/** What a report is made of, apart from what the engine said. */
export interface About {
  kind: Report["kind"];
  project: string;
  stack: string;
  /** Now. */
  at: Date;
  dependencies?: Dependencies;
  limits?: Limits;
  /** The statuses that work items have now, of those that the update would end. Default: those of the last refresh. */
  statuses?: Statuses;
  /** Why the statuses were not looked up. Those of the last refresh count, unless the platform was asked in vain. */
  statusProblem?: { text: string; isInVain: boolean } | undefined;
}

const batchFields = Object.keys(batchMutability).filter((field) => field !== "adopt");
const kinds = ["Batch", "SignedUpload", "UploadSet", "WorkItem", "WorkItemSet"] as const;

const hiddenText =
  "its items are secret, or not known before the update: those that are there are taken to be replaced, new ones cannot be seen";

const cancellingText =
  "it cancels work items, with what people have begun of them: how many is known once it is sent";

function statusText(problem: string): string {
  return `the statuses are those of the last refresh, as they were not looked up: ${problem}`;
}

/** Makes a report of what the engine said. */
export function reportOf(heard: Heard, about: About): Report {
  const { kind, project, stack, at, dependencies = new Map(), limits = {}, statusProblem } = about;
  const { statuses = new Map() } = about;
  const { steps, failures } = heard;
  const places = new Places(steps, dependencies);
  const isDrift = kind === "drift";
  const batches = new Batches();
  const warnings = [...heard.warnings];
  const seen: Seen = { made: true, ended: true, statuses: statusProblem?.isInVain !== true };
  if (statusProblem !== undefined) warnings.push({ text: statusText(statusProblem.text) });
  const adopted = new Map(
    heard.adoptions.map(({ resource, text }) => [resource, adoptedCount(text) ?? 0]),
  );
  for (const step of steps) {
    if (isKind(step, "Batch")) batches.declare(step, places.of(step), isDrift);
  }
  const ofItems = steps.filter((step) => isKind(step, "WorkItem") || isKind(step, "WorkItemSet"));
  for (const step of ofItems.filter((each) => !isDrift && isHidden(each))) {
    seen.made = false;
    warnings.push({ text: hiddenText, resource: step.urn });
  }
  const effects = ofItems.map((step) => ({
    step,
    effect: isDrift ? driftEffect(step, places, at) : previewEffect(step, places, at, statuses),
  }));
  for (const { step, effect } of isDrift ? effects : withMoves(effects)) {
    batches.add(step, effect, adopted.get(step.urn) ?? 0);
  }
  for (const step of steps.filter((each) => !isDrift && isCancelling(each))) {
    seen.ended = false;
    warnings.push({ text: cancellingText, resource: step.urn });
  }
  const uploads = steps
    .filter((step) => isKind(step, "SignedUpload") || isKind(step, "UploadSet"))
    .flatMap((step) => uploadChanges(step, isDrift));
  const others = steps.filter(isOther).map(({ urn, op }) => ({ resource: urn, action: op }));
  const rules = heard.rules.toSorted((one, other) => rank(one.level) - rank(other.level));
  const totals = sum(batches.reports().map(({ counts }) => counts));
  const report: Report = {
    version: 1,
    kind,
    project,
    stack,
    at: at.toISOString(),
    result: "unchanged",
    failures,
    totals,
    batches: batches.reports(),
    uploads,
    others,
    rules,
    adoptions: heard.adoptions,
    limits: exceeded(limits, totals, seen),
    isRiskChecked: statusProblem === undefined,
    warnings,
  };
  // What people do on the platform is an update of what refresh reads, and no drift.
  const isActing = !isDrift && steps.some((step) => acts(step) && isOurs(step));
  return { ...report, result: resultOf(report, isActing) };
}

/** What a report comes to, the worst first. Where the engine acts, something changes, seen or not. */
function resultOf(
  { failures, rules, limits, batches, uploads, others }: Report,
  isActing: boolean,
): Result {
  if (failures.length > 0) return "failed";
  if (rules.some(({ level }) => level === "mandatory")) return "violations";
  if (limits.length > 0) return "limits";
  const isChanged =
    isActing ||
    uploads.length > 0 ||
    others.length > 0 ||
    batches.some(
      ({ action, items, settings }) =>
        (action !== "same" && action !== "outside") || items.length > 0 || settings.length > 0,
    );
  return isChanged ? "changed" : "unchanged";
}

function rank(level: string): number {
  return level === "mandatory" ? 0 : 1;
}

function acts({ op }: Step): boolean {
  return op !== "same" && op !== "read";
}

function isCancelling(step: Step): boolean {
  const isSignal = isKind(step, "BatchSignal") || isKind(step, "WorkItemSignal");
  const isSent = acts(step) && step.op !== "delete";
  return isSignal && isSent && step.new?.inputs?.signal === "cancel";
}

function isOurs(step: Step): boolean {
  return kinds.some((kind) => isKind(step, kind));
}

/** Another resource that changes; not the stack, providers and components, which only hold others. */
function isOther(step: Step): boolean {
  return (
    acts(step) &&
    !step.type.startsWith("pulumi:") &&
    step.type !== "aidp:index:Dataset" &&
    !isOurs(step)
  );
}

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
};

function sum(all: readonly Counts[]): Counts {
  const total = { ...none };
  for (const counts of all) {
    for (const name of Object.keys(none) as (keyof Counts)[]) total[name] += counts[name];
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

/** The batches as they are found, each once. */
class Batches {
  readonly #found = new Map<string, BatchReport>();

  declare(step: Step, place: Place, isDrift: boolean): void {
    const batch = this.#at(place);
    batch.action = actionOf(step, isDrift);
    if (step.old !== undefined && step.new !== undefined && step.op !== "delete") {
      const found = fieldChanges(batchFields, step.old.inputs, step.new.inputs);
      batch.fields = [...found, ...secretChanges(batchFields, step.changed, found)];
    }
  }

  /** `adopted` of the items that are added exist already. */
  add({ urn }: Step, { before, after, items, settings }: Effect, adopted: number): void {
    if (before !== undefined) {
      const { counts, statuses } = this.#at(before.place);
      counts.before += before.count;
      for (const [status, count] of Object.entries(before.statuses)) {
        statuses[status] = (statuses[status] ?? 0) + count;
      }
    }
    if (after !== undefined) {
      const { counts } = this.#at(after.place);
      counts.after += after.count;
      counts.adopted += adopted;
      // Of hidden items it is not seen that they are added.
      counts.added -= Math.min(adopted, items.filter(({ item }) => item.action === "add").length);
    }
    for (const { place, item } of items) {
      const batch = this.#at(place);
      batch.items.push(item);
      batch.counts[countOf[item.action]] += 1;
      if (item.atRisk !== undefined) batch.counts.atRisk += 1;
      if (item.deadline !== undefined) batch.deadlines = widened(batch.deadlines, item.deadline);
    }
    for (const { place, change } of settings) {
      this.#at(place).settings.push({ resource: urn, ...change });
    }
  }

  /** Those where the most is at stake first. */
  reports(): BatchReport[] {
    const stake = ({ counts }: BatchReport) => [counts.atRisk, counts.cancelled + counts.replaced];
    return [...this.#found.values()].toSorted((one, other) => {
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

  #at({ key, name, batchId, step }: Place): BatchReport {
    const known = this.#found.get(key);
    if (known !== undefined) return known;
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
  if (op === "delete") return isDrift ? "missing" : "keep";
  if (op === "create" || op === "replace") return op;
  if (op === "update") return isDrift ? "change" : "update";
  return "same";
}

function widened(
  known: BatchReport["deadlines"],
  deadline: string,
): NonNullable<BatchReport["deadlines"]> {
  const { first, last } = known ?? { first: deadline, last: deadline };
  return { first: deadline < first ? deadline : first, last: deadline > last ? deadline : last };
}
