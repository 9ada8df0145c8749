import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import type { CommandModule } from "yargs";
import { routeTable } from "../../provider/api/routes.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { type ConnectionArguments, connect, connectionOptions } from "../connection.ts";
import { contractFile, describeFindings } from "../contact/findings.ts";
import { writeIssue } from "../contact/report.ts";
import { Walk } from "../contact/walk.ts";
import { Wire } from "../contact/wire.ts";
import { exitCodes } from "../exit-codes.ts";

interface Arguments extends ConnectionArguments {
  yes: boolean;
  report: boolean;
}

/** `aidp contact`: the first contact with a service, in a project that nobody needs. */
export const contact: CommandModule<object, Arguments> = {
  command: "contact",
  describe: "Try every operation once on an empty project, and tell where the service differs",
  builder: (yargs) =>
    connectionOptions(yargs)
      .option("yes", {
        type: "boolean",
        default: false,
        describe:
          "Go on: it makes a batch, two work items and an export, and takes back what it can",
      })
      .option("report", {
        type: "boolean",
        default: false,
        describe:
          "Print the text of an issue for the authors of this package, with nothing private",
      })
      .example("$0 contact --project 5e1c… --yes", "with an empty project, before the first update")
      .epilogue(
        `It writes ${contractFile}, without key and ids, to be committed. Exit codes: 0 the provider works with all that was found, 1 something is to be put right.`,
      ),
  async handler({ yes, report, ...where }) {
    const { project, cwd } = where;
    if (project === undefined) {
      throw new Refusal("name an empty project that no stack uses: --project UUID");
    }
    const connection = await connect(where, "spaceId");
    const { baseUrl, spaceId, apiKey, routes, stackProjectId } = connection;
    if (project === stackProjectId) {
      throw new Refusal(
        `--project ${project} is that of the stack: use another one, that is empty, as this makes and cancels work items`,
      );
    }
    if (!yes) {
      throw new Refusal(
        `this makes a batch, two work items and an export in project ${project} of ${baseUrl}, cancels and deletes what it can, and leaves the batch: run it again with --yes`,
      );
    }
    const wire = new Wire(baseUrl, apiKey, routeTable(routes));
    const walk = new Walk(wire, { spaceId, projectId: project }, (step) =>
      process.stderr.write(`${step} …\n`),
    );
    await walk.refuseUsed();
    await walk.run();
    const contract = walk.findings.contract(new URL(baseUrl).origin);
    writeFileSync(join(cwd, contractFile), `${JSON.stringify(contract, undefined, 2)}\n`);
    const lines = describeFindings(contract);
    process.stdout.write(
      report
        ? writeIssue(contract)
        : lines.map(({ isBad, text }) => `${isBad ? bad : good} ${text}\n`).join(""),
    );
    process.stderr.write(`${contractFile} has the findings: commit it\n`);
    if (lines.some(({ isBad }) => isBad)) {
      process.exitCode = exitCodes.failed;
    }
  },
};

const good = styleText("green", "✔");
const bad = styleText("red", "✘");
