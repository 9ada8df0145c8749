#!/usr/bin/env node
import "../provider/require-node.ts";

import { format } from "node:util";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { ApiError } from "../provider/api/errors.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { aidp, commands } from "./aidp.ts";
import { exitCodes } from "./exit-codes.ts";

// `head` reads no further. The command goes on all the same, so its exit code is what it would be.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
});

const given = hideBin(process.argv);
const [name = ""] = given;

try {
  await aidp(yargs(given))
    .fail((message, error) => {
      throw message ? new Refusal(`${message} (${helpOf(name)} tells what there is)`) : error;
    })
    .parseAsync();
} catch (error) {
  const text =
    error instanceof Refusal || error instanceof ApiError
      ? `error: ${error.message}`
      : format(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCodes.failed;
}

/** How to see what a command takes or, if there is no such command, which commands there are. */
function helpOf(command: string): string {
  const isCommand = commands.some((each) => String(each.command).split(" ")[0] === command);
  return isCommand ? `aidp ${command} --help` : "aidp --help";
}
