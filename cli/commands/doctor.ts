import { styleText } from "node:util";
import type { CommandModule } from "yargs";
import {
  type Connection,
  type ConnectionArguments,
  connect,
  connectionOptions,
} from "../connection.ts";
import {
  checkClock,
  checkContract,
  checkMachine,
  checkPlaces,
  checkProxy,
  checkRoutes,
  describeError,
  type Finding,
} from "../doctor/checks.ts";
import { exitCodes } from "../exit-codes.ts";

interface Arguments extends ConnectionArguments {
  json: boolean;
}

const marks = {
  good: ["green", "✔"],
  warning: ["yellow", "!"],
  bad: ["red", "✘"],
  skipped: ["dim", "-"],
} as const satisfies Record<Finding["result"], readonly [string, string]>;

/** `aidp doctor`: whether this machine and these settings will do, and what to correct. */
export const doctor: CommandModule<object, Arguments> = {
  command: "doctor",
  describe: "Check Node.js, engine, proxy, clock, key, space, project and routes, changing nothing",
  builder: (yargs) =>
    connectionOptions(yargs)
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the findings as JSON",
      })
      .example("$0 doctor --stack prod", "with the settings of the stack prod")
      .epilogue("Exit codes: 0 all is well, warnings included, 1 something is to be put right."),
  async handler({ json, ...where }) {
    const findings: Finding[] = [];
    const found = (more: readonly Finding[]) => {
      findings.push(...more);
      if (!json) {
        process.stdout.write(more.map(lineOfFinding).join(""));
      }
    };
    found(await checkMachine());
    const connection = await connect(where, "spaceId").catch((error: unknown) => {
      found([{ check: "settings", result: "bad", text: describeError(error) }]);
    });
    if (connection !== undefined) {
      found(checkContract(connection.baseUrl, where.cwd));
      await checkPlatform(connection, found);
    }
    if (json) {
      process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
    }
    if (findings.some(isBad)) {
      process.exitCode = exitCodes.failed;
    }
  },
};

/**
 * Checks the platform step by step. It stops at a failed step, because the later ones would fail for the same reason.
 */
async function checkPlatform(
  connection: Connection & { spaceId: string },
  found: (more: readonly Finding[]) => void,
): Promise<void> {
  const checks = [
    async () => [checkProxy(connection.baseUrl)],
    async () => [await checkClock(new URL(connection.baseUrl).origin)],
    () => checkPlaces(connection),
    () => checkRoutes(connection),
  ];
  for (const check of checks) {
    const findings = await check();
    found(findings);
    if (findings.some(isBad)) {
      return;
    }
  }
}

function isBad({ result }: Finding): boolean {
  return result === "bad";
}

function lineOfFinding({ check, result, text }: Finding): string {
  const [colour, mark] = marks[result];
  return `${styleText(colour, mark)} ${check}: ${text}\n`;
}
