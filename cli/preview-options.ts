import { resolve } from "node:path";
import type { Argv } from "yargs";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { howToSet } from "../provider/lifecycle/settings.ts";
import { type Effort, unitProblem } from "../provider/pulumi/effort.ts";
import type { OpenedStack } from "../report/engine/stack.ts";
import type { PreviewOptions } from "../report/run.ts";
import { checkPolicies } from "./check-policies.ts";
import { connectOpened, effortSetting } from "./connection.ts";
import { amount, type ReportArguments, reportOptions, wholeNumber } from "./options.ts";

/** How a command previews an update. */
export interface PreviewArguments extends ReportArguments {
  "policy-pack": string[];
  "policy-pack-config": string[];
  "max-new": number | undefined;
  "max-cancelled": number | undefined;
  "max-at-risk": number | undefined;
  "max-relabelled-done": number | undefined;
  "max-cost": number | undefined;
  "effort-item": number | undefined;
  "effort-box": number | undefined;
  "effort-unit": string | undefined;
}

/** Options of every command that previews an update. */
export function previewOptions<T>(yargs: Argv<T>): Argv<T & PreviewArguments> {
  return reportOptions(yargs)
    .option("policy-pack", {
      type: "string",
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: "Run this policy pack, a folder or an executable, from --cwd; may be repeated",
    })
    .option("policy-pack-config", {
      type: "string",
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: "The configuration file of the policy pack; may be repeated, in the same order",
    })
    .option(
      "max-new",
      limit("max-new", "more work items than this are made, new or as replacements"),
    )
    .option(
      "max-cancelled",
      limit("max-cancelled", "more work items than this are cancelled, replaced ones included"),
    )
    .option(
      "max-at-risk",
      limit("max-at-risk", "more work items than this end that people have begun or finished"),
    )
    .option(
      "max-relabelled-done",
      limit(
        "max-relabelled-done",
        "more work items than this get other labels that people have begun or finished",
      ),
    )
    .option("max-cost", {
      type: "string",
      requiresArg: true,
      coerce: amount("max-cost"),
      describe: "Exit with 4 if the new and replaced work items cost more than this",
    })
    .option("effort-item", {
      type: "string",
      requiresArg: true,
      coerce: amount("effort-item"),
      defaultDescription: "that of aidp:effort, or AIDP_EFFORT",
      describe: "What people's work on an item costs, without its boxes",
    })
    .option("effort-box", {
      type: "string",
      requiresArg: true,
      coerce: amount("effort-box"),
      defaultDescription: "that of aidp:effort, or AIDP_EFFORT",
      describe: "What people's work on each box of its labels costs",
    })
    .option("effort-unit", {
      type: "string",
      requiresArg: true,
      coerce: effortUnit,
      defaultDescription: "that of aidp:effort, or AIDP_EFFORT, or minutes",
      describe: "In what this is: minutes, hours, or the code of a currency, such as USD",
    });
}

/** The options of the preview that a command asks for. */
export async function previewed(given: PreviewArguments): Promise<PreviewOptions> {
  await checkPolicies(given.cwd, given["policy-pack"], given["policy-pack-config"]);
  return {
    cwd: given.cwd,
    stack: given.stack,
    connect: connectOpened,
    // The engine would start relative paths from the folder of the program, which is another one where `main` says so.
    policyPacks: given["policy-pack"].map((pack) => resolve(given.cwd, pack)),
    policyPackConfigs: given["policy-pack-config"],
    limits: {
      new: given["max-new"],
      cancelled: given["max-cancelled"],
      atRisk: given["max-at-risk"],
      relabelledDone: given["max-relabelled-done"],
      cost: given["max-cost"],
    },
    effort: (stack) => effortOf(stack, given),
  };
}

/** What the work of people costs: by the options, and by the settings where there is no option. */
async function effortOf(stack: OpenedStack, given: PreviewArguments): Promise<Effort | undefined> {
  const { "effort-item": item, "effort-box": box, "effort-unit": unit } = given;
  if (item !== undefined && box !== undefined && unit !== undefined) {
    return { item, box, unit };
  }
  const set = await effortSetting(stack);
  if (set !== undefined || item !== undefined || box !== undefined) {
    const { item: ofItem = 0, box: ofBox = 0, unit: usual = "minutes" } = set ?? {};
    return { item: item ?? ofItem, box: box ?? ofBox, unit: unit ?? usual };
  }
  if (given["max-cost"] !== undefined) {
    throw effortMissing("max-cost");
  }
  if (unit !== undefined) {
    throw effortMissing("effort-unit");
  }
  return undefined;
}

function effortMissing(option: string): Refusal {
  return new Refusal(
    `--${option} needs what an item or a box costs: give --effort-item or --effort-box, or ${howToSet("effort")}`,
  );
}

function effortUnit(given: string | undefined): string | undefined {
  const problem = given === undefined ? undefined : unitProblem(given);
  if (problem !== undefined) {
    throw new Error(`--effort-unit ${problem}`);
  }
  return given;
}

function limit(option: string, when: string) {
  return {
    type: "string",
    requiresArg: true,
    coerce: wholeNumber(option),
    describe: `Exit with 4 if ${when}`,
  } as const;
}
