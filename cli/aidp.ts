import type { Argv, CommandModule } from "yargs";
import { contact } from "./commands/contact.ts";
import { convert } from "./commands/convert.ts";
import { doctor } from "./commands/doctor.ts";
import { drift } from "./commands/drift.ts";
import { emulator } from "./commands/emulator.ts";
import { importProgram } from "./commands/import.ts";
import { preview } from "./commands/preview.ts";
import { results } from "./commands/results.ts";
import { status } from "./commands/status.ts";
import { up } from "./commands/up.ts";

/** The commands, in the order in which the help lists them. */
// biome-ignore lint/suspicious/noExplicitAny: each command has arguments of its own
export const commands: readonly CommandModule<object, any>[] = [
  status,
  preview,
  up,
  drift,
  results,
  convert,
  importProgram,
  doctor,
  contact,
  emulator,
];

/** The command line, ready to run. */
export function aidp(yargs: Argv): Argv {
  return commands
    .reduce((line, command) => line.command(command), yargs)
    .scriptName("aidp")
    .usage("$0 <command>\n\nLabeling projects as code, from the shell")
    .demandCommand(1, "name a command: aidp --help lists them")
    .completion("completion", "Print a completion script for the shell")
    .recommendCommands()
    .strict();
}
