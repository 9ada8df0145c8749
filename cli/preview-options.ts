import type { Argv } from "yargs";
import type { PreviewOptions } from "../report/run.ts";
import { connectOpened } from "./connection.ts";
import { type ReportArguments, reportOptions, wholeNumber } from "./options.ts";

/** How a command previews an update. */
export interface PreviewArguments extends ReportArguments {
  "policy-pack": string[];
  "policy-pack-config": string[];
  "max-new": number | undefined;
  "max-cancelled": number | undefined;
  "max-at-risk": number | undefined;
  "max-relabelled-done": number | undefined;
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
    );
}

/** The options of the preview that a command asks for. */
export function previewed(given: PreviewArguments): PreviewOptions {
  return {
    cwd: given.cwd,
    stack: given.stack,
    connect: connectOpened,
    policyPacks: given["policy-pack"],
    policyPackConfigs: given["policy-pack-config"],
    limits: {
      new: given["max-new"],
      cancelled: given["max-cancelled"],
      atRisk: given["max-at-risk"],
      relabelledDone: given["max-relabelled-done"],
    },
  };
}

function limit(option: string, when: string) {
  return {
    type: "string",
    requiresArg: true,
    coerce: wholeNumber(option),
    describe: `Exit with 4 if ${when}`,
  } as const;
}
