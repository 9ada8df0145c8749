import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import type { Client } from "../provider/api/client.ts";
import { ApiError } from "../provider/api/errors.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import type { Effort } from "../provider/pulumi/effort.ts";
import { notesVariable, readNotes } from "../provider/pulumi/notes.ts";
import { withStatuses } from "./build/effects.ts";
import type { Limits } from "./build/limits.ts";
import type { Dependencies } from "./build/places.ts";
import { buildReport, findEffects, type Known, type Look } from "./build/report.ts";
import { changingItems, type Statuses, statusesNow } from "./build/statuses.ts";
import { Listener } from "./engine/events.ts";
import { explainError, type OpenedStack, openStack, type Where } from "./engine/stack.ts";
import { LocalFiles } from "./html/local-files.ts";
import type { Report } from "./model.ts";

/** How to preview an update. */
export interface PreviewOptions extends Where {
  /** Folders or executables of policy packs. */
  policyPacks: string[];
  /** A configuration file for each pack. */
  policyPackConfigs: string[];
  limits: Limits;
  /** What the work of people costs, by the settings of the stack; undefined if nobody has said so. */
  effort: (stack: OpenedStack) => Promise<Effort | undefined>;
  /** Connects to the platform with the settings of the stack. */
  connect: (stack: OpenedStack) => Promise<Client>;
}

/** The result of looking at a stack. */
export interface Finding {
  report: Report;
  /** Finds the local files that the stack uploads, for a report that shows pictures. */
  files(): LocalFiles;
}

/** Previews an update of a stack, and makes a report of it. */
export function previewReport(options: PreviewOptions): Promise<Finding> {
  return withPreview(options, async (finding) => finding);
}

/** How to apply an update exactly as it was previewed. */
export interface UpdateOptions extends PreviewOptions {
  /** Shows the report, and decides whether to apply it. */
  review: (finding: Finding) => Promise<boolean>;
  /** Gets the engine's output during the update, as it is written. */
  onOutput: (text: string) => void;
}

/**
 * Previews an update, and applies exactly that plan once it is reviewed. If by then the update would do anything else,
 * the engine fails before doing it. Returns whether the plan was applied.
 */
export function applyReviewed({ review, onOutput, ...options }: UpdateOptions): Promise<boolean> {
  return withPreview(options, async (finding, { stack, plan }) => {
    if (!(await review(finding))) {
      return false;
    }
    const { policyPacks, policyPackConfigs } = options;
    try {
      await stack.up({ plan, policyPacks, policyPackConfigs, onOutput });
    } catch (error) {
      // The engine's own output has already said why.
      throw new Refusal(`the update failed: ${explainError(error)}`);
    }
    return true;
  });
}

/** What a preview leaves for the update. */
interface Planned {
  stack: automation.Stack;
  /** The path of the plan file. */
  plan: string;
}

/** Previews an update, and calls `use` with the result while the plan file still exists. */
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
    const effort = await options.effort(opened);
    await listen(listener, (onEvent) =>
      stack.preview({ onEvent, plan, policyPacks, policyPackConfigs }),
    );
    const dependencies = await dependenciesOf(plan);
    const { heard } = listener;
    const at = new Date();
    const about = { kind: "preview", project, stack: stack.name, at } as const;
    const look: Look = { ...about, dependencies, limits: options.limits, effort };
    const effects = findEffects(heard, look);
    // The state has the statuses of the last update or refresh, so it does not show what people have begun since.
    const { statuses, statusProblem } = await lookUp(
      () => options.connect(opened),
      changingItems(effects.all),
    );
    const all = withStatuses(effects.all, statuses);
    const ids = all.flatMap(({ effect }) =>
      effect.items.flatMap(({ item }) => item.workItemId ?? []),
    );
    const areStatusesNow = ids.every((id) => statuses.has(id));
    const known: Known = { notes: readNotes(notes), statusProblem, areStatusesNow };
    const finding: Finding = {
      report: buildReport(heard, look, { ...effects, all }, known),
      files: () => new LocalFiles(effects.uploads, programFolder),
    };
    return await use(finding, { stack, plan });
  } finally {
    // The plan contains values of the stack; the secret ones are encrypted.
    await rm(folder, { recursive: true, force: true });
  }
}

/** The current statuses, or why there are none: a report without them is better than no report. */
async function lookUp(
  connect: () => Promise<Client>,
  changing: ReadonlyMap<string, readonly string[]>,
): Promise<Pick<Known, "statusProblem"> & { statuses: Statuses }> {
  const statuses = new Map<string, string>();
  if (changing.size === 0) {
    return { statuses };
  }
  try {
    return { statuses: await statusesNow(await connect(), changing) };
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
  const look: Look = { kind: "drift", project, stack: stack.name, at: new Date() };
  const effects = findEffects(heard, look);
  return {
    report: buildReport(heard, look, effects),
    files: () => new LocalFiles(effects.uploads, programFolder),
  };
}

/** Runs the engine. If it fails, the report says why, unless the engine never began. */
async function listen(
  listener: Listener,
  run: (onEvent: (event: automation.EngineEvent) => void) => Promise<unknown>,
): Promise<void> {
  const { heard } = listener;
  try {
    await run((event) => listener.hear(event));
  } catch (error) {
    if (!heard.began) {
      // What is wrong with a policy pack or its settings comes before it begins, and the error leaves that out.
      const said = heard.failures.map(({ text }) => text.replace(/\s+/g, " "));
      const reason = heard.startOutput.split("\n").find((line) => /error\b/i.test(line));
      throw new Refusal(
        [
          ...(reason === undefined ? [] : [reason.replace(/^error: /, "")]),
          ...(said.length === 0 ? [explainError(error)] : said),
        ].join("; "),
      );
    }
    const isRefused = heard.rules.some(({ level }) => level === "mandatory");
    if (heard.failures.length === 0 && !isRefused) {
      heard.failures.push({ text: explainError(error) });
    }
  }
}

interface Plan {
  resourcePlans?: Record<
    string,
    { goal?: { propertyDependencies?: Record<string, string[]> | null } | null }
  >;
}

/** Reads what depends on what from the plan, because events do not say it. If the preview failed, there is no plan. */
async function dependenciesOf(plan: string): Promise<Dependencies> {
  const text = await readFile(plan, "utf8").catch(() => "{}");
  const { resourcePlans = {} } = JSON.parse(text) as Plan;
  return new Map(
    Object.entries(resourcePlans).map(([urn, { goal }]) => [urn, goal?.propertyDependencies ?? {}]),
  );
}
