/**
 * Runs the tests: all of them, or those under the given files and folders.
 *
 *   npm test -- test/emulator --grep "signed URL"
 *
 * `--no-setup` leaves out the build of the library and the engine's set-up.
 */
import { globSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import { buildLibrary } from "./build-library.ts";
import { findEngine } from "./engine.ts";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

interface Arguments {
  paths: string[];
  grep: string | undefined;
  setup: boolean;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { grep: { type: "string", short: "g" }, "no-setup": { type: "boolean" } },
    });
    return { paths: positionals, grep: values.grep, setup: values["no-setup"] !== true };
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

function findSpecs(paths: string[]): string[] {
  if (paths.length === 0) return findSpecs([join(projectRoot, "test")]);
  return paths
    .flatMap((path) => {
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined) throw new Failure(`There is no file or folder ${path}.`);
      return status.isDirectory() ? globSync(join(path, "**/*.spec.ts")) : [path];
    })
    .map((file) => resolve(file))
    .sort();
}

interface Result {
  passed: number;
  failed: number;
  skipped: number;
  /** The specs that broke as a whole: mocha's report does not say which these are. */
  broken: string[];
}

async function runSpecs(files: string[], grep: string | undefined): Promise<Result> {
  const mocha = new Mocha({
    parallel: true,
    jobs: 2,
    timeout: 60_000,
    reporter: "spec",
    ...(grep === undefined ? {} : { grep }),
  });
  for (const file of files) mocha.addFile(file);

  const broken: string[] = [];
  return await new Promise((done) => {
    const runner = mocha.run((failures) => {
      const { passes = 0, pending = 0, failures: reported = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: Math.max(failures, reported), skipped: pending, broken });
    });
    runner.on("fail", (_test, error: { file?: unknown }) => {
      if (typeof error.file === "string") broken.push(relative(process.cwd(), error.file));
    });
  });
}

await runMain(import.meta, async () => {
  const { paths, grep, setup } = readArguments();
  const files = findSpecs(paths);
  if (setup) {
    await buildLibrary();
    process.env.AIDP_TEST_ENGINE = await findEngine();
  }

  const { passed, failed, skipped, broken } = await runSpecs(files, grep);
  for (const file of broken) console.log(`${file} did not load, or ended its process.`);
  if (passed + failed + skipped === 0) console.log("There are no such tests.");
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
