import type { CommandModule } from "yargs";
import { driftReport } from "../../report/run.ts";
import { exitCodeHelp } from "../exit-codes.ts";
import { type ReportArguments, reportOptions } from "../options.ts";
import { writeReport } from "../write-report.ts";

/** `aidp drift`: what changed on the platform since the last update. */
export const drift: CommandModule<object, ReportArguments> = {
  command: "drift",
  describe: "Report what changed on the platform since the last update, changing nothing",
  builder: (yargs) =>
    reportOptions(yargs)
      .example("$0 drift --stack prod --json -", "what is different, as JSON")
      .epilogue(exitCodeHelp),
  async handler(where) {
    await writeReport(await driftReport(where), where);
  },
};
