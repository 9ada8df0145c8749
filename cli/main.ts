#!/usr/bin/env node
import "../provider/node-version.ts";

import { format } from "node:util";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { ApiError } from "../provider/api/errors.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { aidp } from "./aidp.ts";
import { exitCodes } from "./exit-codes.ts";

try {
  await aidp(yargs(hideBin(process.argv)))
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
