import { existsSync, realpathSync } from "node:fs";

/** An error whose message says everything that a person needs to know, so it is shown without a stack trace. */
export class Failure extends Error {}

/** Whether a person or npm started the module, rather than another module importing it. */
function isStarted(module: ImportMeta): boolean {
  const script = process.argv[1];
  return script !== undefined && existsSync(script) && realpathSync(script) === module.filename;
}

/** Runs a script's `main`, unless the script was only imported. What `main` returns is the exit code. */
export async function runMain(module: ImportMeta, main: () => Promise<number>): Promise<void> {
  if (!isStarted(module)) {
    return;
  }
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
