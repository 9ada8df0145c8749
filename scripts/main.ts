import { existsSync, realpathSync } from "node:fs";

/** An error whose message says all that a person needs to know: it is shown without a stack. */
export class Failure extends Error {}

/** Whether the module was started by hand or by npm, and not imported. */
function isStarted(module: ImportMeta): boolean {
  const script = process.argv[1];
  return script !== undefined && existsSync(script) && realpathSync(script) === module.filename;
}

/** Runs a script's `main`, unless it was only imported; what `main` returns is the exit code. */
export async function runMain(module: ImportMeta, main: () => Promise<number>): Promise<void> {
  if (!isStarted(module)) return;
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
