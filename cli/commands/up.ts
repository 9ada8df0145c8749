import { createInterface } from "node:readline/promises";
import type { CommandModule } from "yargs";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { exitCodeHelp } from "../exit-codes.ts";
import { type PreviewArguments, previewed, previewOptions } from "../preview-options.ts";

interface Arguments extends PreviewArguments {
  yes: boolean;
}

/** `aidp up`: previews an update, and applies exactly that if rules and limits allow it. */
export const up: CommandModule<object, Arguments> = {
  command: "up",
  describe: "Preview an update, check rules, limits and work at risk, and apply that very plan",
  builder: (yargs) =>
    previewOptions(yargs)
      .option("yes", {
        alias: "y",
        type: "boolean",
        default: false,
        describe: "Apply it without asking",
      })
      .example("$0 up --stack dev", "asks once the preview is shown")
      .example("$0 up -s prod --yes --max-at-risk 0", "for CI")
      .epilogue(
        `${exitCodeHelp} With 2 the changes were applied; with 1, 3 and 4 nothing was, unless the update itself failed.`,
      ),
  async handler(given) {
    if (!given.yes && !process.stdin.isTTY) {
      throw new Refusal("nobody can be asked here whether to apply the update: give --yes");
    }
    const { applyReviewed } = await import("../../report/run.ts");
    const { writeReport } = await import("../write-report.ts");
    await applyReviewed({
      ...(await previewed(given)),
      onOutput: (text) => process.stderr.write(text),
      async review(finding) {
        const { report } = finding;
        await writeReport(finding, given);
        if (report.result !== "changed") {
          return false;
        }
        if (!report.isRiskChecked) {
          throw new Refusal(
            "the statuses of the work items that it changes could not be looked up, so it was not applied: see the warning above",
          );
        }
        if (given.yes || (await isAgreed())) {
          return true;
        }
        throw new Refusal("it was not applied");
      },
    });
  },
};

async function isAgreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question("Apply it? (yes/no) ")).trim());
  } finally {
    terminal.close();
  }
}
