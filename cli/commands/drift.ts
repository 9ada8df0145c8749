import type { CommandModule } from "yargs";
import { exitCodeHelp } from "../exit-codes.ts";
import { type ReportArguments, reportOptions } from "../options.ts";

/** `aidp drift`: what changed on the platform since the last update. */
export const drift: CommandModule<object, ReportArguments> = {
  command: "drift",
  describe: "Report what changed on the platform since the last update, changing nothing",
  builder: (yargs) =>
    reportOptions(yargs)
      .example("$0 drift --stack prod --json -", "what is different, as JSON")
      .epilogue(exitCodeHelp),
  async handler(where) {
    const { driftReport } = await import("../../report/run.ts");
    const { writeReport } = await import("../write-report.ts");
    await writeReport(await driftReport(where), where);
  },
};
