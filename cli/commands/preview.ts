import type { CommandModule } from "yargs";
import { exitCodeHelp } from "../exit-codes.ts";
import { type PreviewArguments, previewed, previewOptions } from "../preview-options.ts";

/** `aidp preview`: what an update would do to work items, batches and files. */
export const preview: CommandModule<object, PreviewArguments> = {
  command: "preview",
  describe: "Report what an update would do: items, batches, files, work at risk, broken rules",
  builder: (yargs) =>
    previewOptions(yargs)
      .example("$0 preview --stack dev", "what an update of the stack dev would do")
      .example("$0 preview -s prod --markdown report.md --max-at-risk 0", "for a pull request")
      .example("$0 preview --html report.html", "a page with the pictures and their boxes")
      .epilogue(exitCodeHelp),
  async handler(given) {
    // The engine's API and the resources take a while to load, which other commands do not need to wait for.
    const { previewReport } = await import("../../report/run.ts");
    const { writeReport } = await import("../write-report.ts");
    await writeReport(await previewReport(await previewed(given)), given);
  },
};
