import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import type { Client } from "../provider/api/client.ts";
import { ApiError } from "../provider/api/errors.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { notesVariable, readNotes } from "../provider/pulumi/notes.ts";
import { withStatuses } from "./build/effects.ts";
import type { Limits } from "./build/limits.ts";
import type { Dependencies } from "./build/places.ts";
import { buildReport, findEffects, type Known, type Look } from "./build/report.ts";
import { endedItems, type Statuses, statusesNow } from "./build/statuses.ts";
import { Listener } from "./engine/events.ts";
import { explainError, type OpenedStack, openStack, type Where } from "./engine/stack.ts";
import { LocalFiles } from "./html/local-files.ts";
import type { Report } from "./model.ts";

/** How an update is previewed. */
export interface PreviewOptions extends Where {
  /** Folders or executables of policy packs. */
  policyPacks: string[];
  /** A configuration file for each pack. */
  policyPackConfigs: string[];
  limits: Limits;
  /** Reaches the platform with the settings of the stack. */
  connect: (stack: OpenedStack) => Promise<Client>;
}

/** What a look at a stack finds. */
export interface Finding {
  report: Report;
  /** Looks for the local files that the stack uploads, for those who show pictures. */
  files(): LocalFiles;
}

/** Previews an update of a stack, and makes a report of it. */
export function previewReport(options: PreviewOptions): Promise<Finding> {
  return withPreview(options, async (finding) => finding);
}

/** An update that is applied as it was previewed. */
export interface UpdateOptions extends PreviewOptions {
  /** Shows the report, and decides whether it is to be applied. */
  review: (finding: Finding) => Promise<boolean>;
  /** What the engine says of the update, as it says it. */
  onOutput: (text: string) => void;
}

/**
 * Previews an update, and applies that very plan once it is reviewed: what would be done otherwise by then ends with an
 * error of the engine, before it is done. Answers whether it was applied.
 */
export function applyReviewed({ review, onOutput, ...options }: UpdateOptions): Promise<boolean> {
  return withPreview(options, async (finding, { stack, plan }) => {
    if (!(await review(finding))) return false;
    const { policyPacks, policyPackConfigs } = options;
    try {
      await stack.up({ plan, policyPacks, policyPackConfigs, onOutput });
    } catch (error) {
      // The engine's own output has said why.
      throw new Refusal(`the update failed: ${explainError(error)}`);
    }
    return true;
  });
}

/** What a preview leaves for an update. */
interface Planned {
  stack: automation.Stack;
  /** The file of the plan. */
  plan: string;
}

/** Previews an update, and hands on what it found while its plan is there. */
async function withPreview<T>(
  options: PreviewOptions,
  use: (finding: Finding, planned: Planned) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "aidp-report-"));
  const plan = join(folder, "plan.json");
  const notes = join(folder, "notes.jsonl");
  const listener = new Listener();
  const { policyPacks, policyPackConfigs } = options;
  try {
    const opened = await openStack(options, { [notesVariable]: notes });
    const { stack, project, programFolder } = opened;
    await listen(listener, (onEvent) =>
      stack.preview({ onEvent, plan, policyPacks, policyPackConfigs }),
    );
    const dependencies = await dependenciesOf(plan);
    const { heard } = listener;
    const at = new Date();
    const { limits } = options;
    const look: Look = { kind: "preview", project, stack: stack.name, at, dependencies, limits };
    const effects = findEffects(heard, look);
    // The state has the statuses of the last refresh: what people began since then would not be seen.
    const { statuses, statusProblem } = await lookUp(
      () => options.connect(opened),
      endedItems(effects.all),
    );
    const all = withStatuses(effects.all, statuses);
    const known: Known = { notes: readNotes(notes), statusProblem };
    const finding: Finding = {
      report: buildReport(heard, look, { ...effects, all }, known),
      files: () => new LocalFiles(heard.steps, dependencies, programFolder),
    };
    return await use(finding, { stack, plan });
  } finally {
    // The plan holds values of the stack, the secret ones encrypted.
    await rm(folder, { recursive: true, force: true });
  }
}

/** The statuses now, or why they cannot be had: a report without them is better than none. */
async function lookUp(
  connect: () => Promise<Client>,
  ended: ReadonlyMap<string, readonly string[]>,
): Promise<Pick<Known, "statusProblem"> & { statuses: Statuses }> {
  const statuses = new Map<string, string>();
  if (ended.size === 0) return { statuses };
  try {
    return { statuses: await statusesNow(await connect(), ended) };
  } catch (error) {
    // Without a key, as in a pull request, nothing is asked.
    if (error instanceof ApiError || error instanceof Refusal) {
      return {
        statuses,
        statusProblem: { text: error.message, isInVain: error instanceof ApiError },
      };
    }
    throw error;
  }
}

/** Looks for changes on the platform since the last update, and makes a report of them. */
export async function driftReport(where: Where): Promise<Finding> {
  const { stack, project, programFolder } = await openStack(where);
  const listener = new Listener();
  await listen(listener, (onEvent) => stack.previewRefresh({ onEvent }));
  const { heard } = listener;
  return {
    report: buildReport(heard, { kind: "drift", project, stack: stack.name, at: new Date() }),
    files: () => new LocalFiles(heard.steps, new Map(), programFolder),
  };
}

/** Runs the engine. Where it fails, the report says why, unless it never began. */
async function listen(
  listener: Listener,
  run: (onEvent: (event: automation.EngineEvent) => void) => Promise<unknown>,
): Promise<void> {
  const { heard } = listener;
  try {
    await run((event) => listener.hear(event));
  } catch (error) {
    if (!heard.began) throw new Refusal(explainError(error));
    const isRefused = heard.rules.some(({ level }) => level === "mandatory");
    if (heard.failures.length === 0 && !isRefused)
      heard.failures.push({ text: explainError(error) });
  }
}

interface Plan {
  resourcePlans?: Record<
    string,
    { goal?: { propertyDependencies?: Record<string, string[]> | null } | null }
  >;
}

/** Events do not tell what depends on what, plans do. There is none where the preview failed. */
async function dependenciesOf(plan: string): Promise<Dependencies> {
  const text = await readFile(plan, "utf8").catch(() => "{}");
  const { resourcePlans = {} } = JSON.parse(text) as Plan;
  return new Map(
    Object.entries(resourcePlans).map(([urn, { goal }]) => [urn, goal?.propertyDependencies ?? {}]),
  );
}
