import type { CommandModule } from "yargs";
import { connect } from "../connection.ts";
import { exitCodeHelp } from "../exit-codes.ts";
import { type ReportArguments, reportOptions, wholeNumber } from "../options.ts";

interface Arguments extends ReportArguments {
  "policy-pack": string[];
  "policy-pack-config": string[];
  "max-new": number | undefined;
  "max-cancelled": number | undefined;
  "max-at-risk": number | undefined;
}

/** `aidp preview`: what an update would do to work items, batches and files. */
export const preview: CommandModule<object, Arguments> = {
  command: "preview",
  describe: "Report what an update would do: items, batches, files, work at risk, broken rules",
  builder: (yargs) =>
    reportOptions(yargs)
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
      .example("$0 preview --stack dev", "what an update of the stack dev would do")
      .example("$0 preview -s prod --markdown report.md --max-at-risk 0", "for a pull request")
      .example("$0 preview --html report.html", "a page with the pictures and their boxes")
      .epilogue(exitCodeHelp),
  async handler(given) {
    // The engine's API and the resources take a while to load, which other commands need not wait for.
    const { previewReport } = await import("../../report/run.ts");
    const { writeReport } = await import("../write-report.ts");
    const place = { cwd: given.cwd, project: undefined, space: undefined, concurrency: undefined };
    const finding = await previewReport({
      ...given,
      connect: async (stack) => (await connect({ ...place, stack })).client,
      policyPacks: given["policy-pack"],
      policyPackConfigs: given["policy-pack-config"],
      limits: {
        new: given["max-new"],
        cancelled: given["max-cancelled"],
        atRisk: given["max-at-risk"],
      },
    });
    await writeReport(finding, given);
  },
};

function limit(option: string, when: string) {
  return {
    type: "string",
    requiresArg: true,
    coerce: wholeNumber(option),
    describe: `Exit with 4 if ${when}`,
  } as const;
}
