import type { Effort } from "../../provider/pulumi/effort.ts";
import type { Note } from "../../provider/pulumi/notes.ts";
import { kinds as allKinds } from "../../provider/pulumi/shim.ts";
import type { Heard, Step } from "../engine/events.ts";
import type { Report, Result } from "../model.ts";
import { Batches, sum } from "./batches.ts";
import { withBoxes } from "./box-sums.ts";
import { isHidden } from "./declared-items.ts";
import { driftEffect, previewEffect, type Stepped } from "./effects.ts";
import { exceeded, type Limits } from "./limits.ts";
import { withMoves } from "./moves.ts";
import { type Dependencies, isKind, Places } from "./places.ts";
import { withRenames } from "./renames.ts";
import { ShownUploads } from "./shown-uploads.ts";
import { uploadChanges } from "./uploads.ts";

/** What a report is about: which stack, when, and how it was looked at. */
export interface Look {
  kind: Report["kind"];
  project: string;
  stack: string;
  /** When the stack was looked at. */
  at: Date;
  dependencies?: Dependencies;
  limits?: Limits;
  /** What the work of people costs. */
  effort?: Effort | undefined;
}

/** What is known besides what the engine said. */
export interface Known {
  /** What the provider found out. */
  notes?: readonly Note[];
  /**
   * Why the statuses were not looked up. Those of the last update or refresh then count, unless the platform was asked
   * in vain.
   */
  statusProblem?: { text: string; isInVain: boolean } | undefined;
  /** Whether the statuses of the items that change were looked up. */
  areStatusesNow?: boolean;
}

/** What happens to the items of a stack, by resource. */
export interface Effects {
  places: Places;
  uploads: ShownUploads;
  all: readonly Stepped[];
}

const kinds = ["Batch", "SignedUpload", "UploadSet", "WorkItem", "WorkItemSet"] as const;

const hiddenText =
  "its items are secret, or not known before the update: those that are there are taken to be replaced, new ones cannot be seen";

const cancellingText =
  "it cancels work items, with what people have begun of them: how many is known once it is sent";

const retainedText =
  "its work items leave the stack, unless they move, and stay on the platform as they are: it has retainOnDelete";

const undoneText =
  "left undone: the last update failed for some of it, which is no drift; the next update does the rest";

function statusText(problem: string): string {
  return `the statuses are those of the last update or refresh, as they were not looked up: ${problem}`;
}

/** Finds out what happens to the items of a stack. */
export function findEffects(
  { steps }: Heard,
  { kind, at, dependencies = new Map() }: Look,
): Effects {
  const places = new Places(steps, dependencies);
  const uploads = new ShownUploads(steps, places);
  const ofItems = steps.filter(hasItems);
  if (kind === "drift") {
    const all = ofItems.map((step) => ({ step, effect: driftEffect(step, places, at) }));
    return { places, uploads, all: withBoxes(all) };
  }
  const all = ofItems.map((step) => ({ step, effect: previewEffect(step, places, at) }));
  // Of what only leaves the stack, nothing changes but what moves to others.
  const changed = withMoves(all).filter(({ step }) => !step.isRetained);
  return { places, uploads, all: withBoxes(withRenames(changed, uploads)) };
}

/** Makes a report of what the engine said and of what that does to items. */
export function buildReport(
  heard: Heard,
  look: Look,
  effects: Effects = findEffects(heard, look),
  { notes = [], statusProblem, areStatusesNow = false }: Known = {},
): Report {
  const { kind, project, stack, at, limits = {} } = look;
  const { steps, failures, rules } = heard;
  const isDrift = kind === "drift";
  const found = findBatches(steps, effects, notes, look);
  const batches = found.reports();
  const comesTo = isDrift ? {} : found.total();
  const totals = sum(batches.map(({ counts }) => counts));
  const unseen = isDrift ? [] : steps.filter((step) => hasItems(step) && isHidden(step));
  const cancelling = isDrift ? [] : steps.filter(isCancelling);
  const isStatusShown =
    !isDrift && batches.some(({ items }) => items.some(({ status }) => status !== undefined));
  const report: Report = {
    version: 1,
    kind,
    project,
    stack,
    at: at.toISOString(),
    result: "unchanged",
    failures,
    totals,
    batches,
    ...comesTo,
    uploads: steps
      .filter((step) => isKind(step, "SignedUpload") || isKind(step, "UploadSet"))
      .flatMap((step) => uploadChanges(step, isDrift)),
    others: steps
      .filter((step) => isOther(step) && !(isDrift && isWork(step)))
      .map(({ urn, op }) => ({ resource: urn, action: op })),
    rules: rules.toSorted((one, other) => rank(one.level) - rank(other.level)),
    adoptions: notes.map(({ text, resource }) => ({ text, resource })),
    limits: exceeded(limits, totals, comesTo.effort, {
      made: unseen.length === 0,
      ended: cancelling.length === 0,
      statuses: statusProblem?.isInVain !== true,
    }),
    isRiskChecked: statusProblem === undefined,
    ...(isStatusShown && { statuses: areStatusesNow ? "now" : "last" }),
    warnings: [
      ...heard.warnings,
      ...(statusProblem === undefined ? [] : [{ text: statusText(statusProblem.text) }]),
      ...unseen.map(({ urn }) => ({ text: hiddenText, resource: urn })),
      ...cancelling.map(({ urn }) => ({ text: cancellingText, resource: urn })),
      ...steps
        .filter((step) => !isDrift && step.isRetained && hasItems(step))
        .map(({ urn }) => ({ text: retainedText, resource: urn })),
      ...(isDrift ? steps.filter(isLeftUndone) : []).map(({ urn }) => ({
        text: undoneText,
        resource: urn,
      })),
    ],
  };
  // The engine also reports as updates what people do on the platform, because refresh reads it; that is no drift.
  const isActing = !isDrift && steps.some((step) => acts(step) && isOurs(step));
  return { ...report, result: resultOf(report, isActing) };
}

function findBatches(
  steps: readonly Step[],
  { places, all }: Effects,
  notes: readonly Note[],
  { kind, effort }: Look,
): Batches {
  const isDrift = kind === "drift";
  const batches = new Batches(isDrift ? undefined : effort);
  const adoptions = new Map(notes.map((note) => [note.resource, note]));
  for (const step of steps.filter((each) => isKind(each, "Batch"))) {
    batches.declare(step, places.of(step), isDrift, adoptions.has(step.urn));
  }
  for (const each of all) {
    const { adopted = 0, keys: names } = adoptions.get(each.step.urn) ?? {};
    const keys = new Set(names);
    const moved = each.effect.items.filter(
      ({ item }) => item.action === "move" && keys.has(item.key),
    );
    batches.add(withAdopted(each, keys), adopted - moved.length);
  }
  return batches;
}

/** The effect, where each item that exists already says so. */
function withAdopted({ step, effect }: Stepped, keys: ReadonlySet<string>): Stepped {
  const items = effect.items.map(({ place, item }) => {
    const isAdopted = item.action === "add" && keys.has(item.key);
    return { place, item: isAdopted ? { ...item, adopted: true as const } : item };
  });
  return { step, effect: { ...effect, items } };
}

function hasItems(step: Step): boolean {
  return isKind(step, "WorkItem") || isKind(step, "WorkItemSet");
}

/** The result of a report, worst first. If the engine acts on our resources, something changes, seen or not. */
function resultOf(
  { failures, rules, limits, batches, uploads, others }: Report,
  isActing: boolean,
): Result {
  if (failures.length > 0) {
    return "failed";
  }
  if (rules.some(({ level }) => level === "mandatory")) {
    return "violations";
  }
  if (limits.length > 0) {
    return "limits";
  }
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

/**
 * Whether a refresh only found what people have done, or what this machine lacks: exports and results follow their work,
 * and a CI job has no files of an earlier one.
 */
function isWork(step: Step): boolean {
  return step.op === "update" && allKinds.some((kind) => isKind(step, kind));
}

/** Whether an update that failed in part left something to do. */
function isLeftUndone({ old, isUndone }: Step): boolean {
  return isUndone === true || old?.outputs.incomplete === true;
}

/**
 * Whether the step changes another resource. The stack, providers and components do not count: they only hold others.
 */
function isOther(step: Step): boolean {
  return (
    acts(step) &&
    !step.type.startsWith("pulumi:") &&
    step.type !== "aidp:index:Dataset" &&
    !isOurs(step)
  );
}
