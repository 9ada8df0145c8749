#!/usr/bin/env node
import "../provider/node-version.ts";

import { format } from "node:util";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { ApiError } from "../provider/api/errors.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { doctor } from "./commands/doctor.ts";
import { drift } from "./commands/drift.ts";
import { emulator } from "./commands/emulator.ts";
import { preview } from "./commands/preview.ts";
import { status } from "./commands/status.ts";
import { exitCodes } from "./exit-codes.ts";

try {
  await yargs(hideBin(process.argv))
    .scriptName("aidp")
    .usage("$0 <command>\n\nLabeling projects as code, from the shell")
    .command(status)
    .command(preview)
    .command(drift)
    .command(doctor)
    .command(emulator)
    .demandCommand(1, "name a command: aidp --help lists them")
    .completion("completion", "Print a completion script for the shell")
    .recommendCommands()
    .strict()
    .fail((message, error) => {
      throw message ? new Refusal(`${message} (aidp --help tells what there is)`) : error;
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
