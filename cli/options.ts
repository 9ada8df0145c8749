import type { Argv } from "yargs";
import { mostCharacters } from "../report/text/cut-to-size.ts";
import { thousands } from "../report/words.ts";

/** Which stack a command looks at, and where its report goes. */
export interface ReportArguments {
  stack: string | undefined;
  cwd: string;
  json: string | undefined;
  markdown: string | undefined;
  html: string | undefined;
}

/** Options of every command that writes a report. */
export function reportOptions<T>(yargs: Argv<T>): Argv<T & ReportArguments> {
  return yargs
    .option("stack", {
      alias: "s",
      type: "string",
      requiresArg: true,
      default: process.env.PULUMI_STACK,
      defaultDescription: "PULUMI_STACK, or the selected stack",
      describe: "The stack to look at",
    })
    .option("cwd", {
      alias: "C",
      type: "string",
      requiresArg: true,
      default: ".",
      describe: "The folder of the Pulumi project",
    })
    .option("markdown", {
      type: "string",
      requiresArg: true,
      describe: `Write the report as Markdown, at most ${thousands(mostCharacters)} characters, to this file; - is stdout`,
    })
    .option("json", {
      type: "string",
      requiresArg: true,
      describe: "Write the whole report as JSON to this file; - is stdout",
    })
    .option("html", {
      type: "string",
      requiresArg: true,
      describe:
        "Write the report as a page with pictures and boxes, in one file, to this file; - is stdout",
    })
    .check(({ json, markdown, html }) => {
      const taken = Object.entries({ json, markdown, html }).filter(([, file]) => file === "-");
      if (taken.length > 1) {
        const names = taken.map(([name]) => `--${name}`).join(" and ");
        throw new Error(`${names} cannot both be -: write one of them to a file`);
      }
      return true;
    });
}

/** Makes an option's `coerce` that accepts whole numbers of 0 or more. */
export function wholeNumber(option: string, most = Number.MAX_SAFE_INTEGER): Coerce {
  const range = most === Number.MAX_SAFE_INTEGER ? "of 0 or more" : `from 0 to ${most}`;
  return numberThat(
    (number) => Number.isInteger(number) && number >= 0 && number <= most,
    (got) => `--${option} must be a whole number ${range}, got ${got}`,
  );
}

/** Makes an option's `coerce` that accepts numbers of 0 or more. */
export function amount(option: string): Coerce {
  return numberThat(
    (number) => Number.isFinite(number) && number >= 0,
    (got) => `--${option} must be a number of 0 or more, got ${got}`,
  );
}

type Coerce = (given: unknown) => number | undefined;

function numberThat(
  isRight: (number: number) => boolean,
  problem: (got: string) => string,
): Coerce {
  return (given) => {
    if (given === undefined) {
      return undefined;
    }
    const number = typeof given === "string" && given.trim() !== "" ? Number(given) : Number.NaN;
    if (!isRight(number)) {
      throw new Error(problem(JSON.stringify(given)));
    }
    return number;
  };
}
