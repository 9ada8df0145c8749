/**
 * Runs the tests: those of a tier, or those under the given files and folders.
 *
 *   npm test -- test/emulator --grep "signed URL"
 *
 * `--tier` is `unit` (what needs neither build nor engine), `e2e` (`test/e2e`, which needs both), `default` (both),
 * `all` (also `test/slow`, and each row that takes long) or `packed` (what runs sets on an engine, as if each of them
 * were too large to be shown item by item). `--times` prints how long each spec file takes, slowest
 * first.
 */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import { ensureLibrary } from "./build-library.ts";
import { buildPlugin } from "./build-plugin.ts";
import { ensureHost } from "./engine/hosts.ts";
import { findEngine } from "./engine.ts";
import { Failure, runMain } from "./main.ts";
import { compileCache, projectRoot } from "./paths.ts";

const tiers = ["unit", "e2e", "default", "all", "packed"] as const;
type Tier = (typeof tiers)[number];

/** The folders whose specs need the built library and an engine. All other specs need neither. */
const engineFolders = ["e2e", "slow"].map((name) => join(projectRoot, "test", name) + sep);
const slowFolder = join(projectRoot, "test", "slow") + sep;

interface Arguments {
  paths: string[];
  grep: string | undefined;
  tier: Tier;
  times: boolean;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        grep: { type: "string", short: "g" },
        tier: { type: "string", default: "default" },
        times: { type: "boolean", default: false },
      },
    });
    const tier = tiers.find((each) => each === values.tier);
    if (tier === undefined) {
      throw new Failure(`--tier is ${tiers.join(", ")}, not ${values.tier}.`);
    }
    return { paths: positionals, grep: values.grep, tier, times: values.times };
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

function findSpecs(paths: string[]): string[] {
  if (paths.length === 0) {
    return findSpecs([join(projectRoot, "test")]);
  }
  return paths
    .flatMap((path) => {
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined) {
        throw new Failure(`There is no file or folder ${path}.`);
      }
      return status.isDirectory() ? globSync(join(path, "**/*.spec.ts")) : [path];
    })
    .map((file) => resolve(file))
    .sort();
}

interface Result {
  passed: number;
  failed: number;
  skipped: number;
  /** Which specs broke as a whole, and why. Mocha's report does not name them, and gives only the first reason. */
  broken: string[];
}

async function runSpecs(files: string[], grep: string | undefined): Promise<Result> {
  const mocha = new Mocha({
    parallel: true,
    // One more than there are cores, because specs also wait.
    jobs: availableParallelism() + 1,
    timeout: 60_000,
    reporter: "spec",
    require: [join(import.meta.dirname, "keep-times.ts")],
    ...(grep === undefined ? {} : { grep }),
  });
  for (const file of files) {
    mocha.addFile(file);
  }

  const broken: string[] = [];
  return await new Promise((done) => {
    const runner = mocha.run((failures) => {
      const { passes = 0, pending = 0, failures: reported = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: Math.max(failures, reported), skipped: pending, broken });
    });
    runner.on("fail", (_test, error: Error & { file?: unknown }) => {
      if (typeof error.file !== "string") {
        return;
      }
      const file = relative(process.cwd(), error.file);
      broken.push(`${file} did not load, or ended its process: ${error.message}`);
    });
  });
}

/** One line per file, slowest first. */
function readTimes(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"))
    .map((line) => line.split(" ", 2))
    .map(([seconds, file = ""]) => ({ seconds: Number(seconds), file }))
    .sort((one, other) => other.seconds - one.seconds)
    .map(({ seconds, file }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`);
}

await runMain(import.meta, async () => {
  const { paths, grep, tier, times } = readArguments();
  const needsEngine = (file: string) => engineFolders.some((folder) => file.startsWith(folder));
  const specs = findSpecs(paths).filter(
    (file) => paths.length > 0 || tier === "all" || !file.startsWith(slowFolder),
  );
  const hasSets = (file: string) => /WorkItemSet|Dataset/.test(readFileSync(file, "utf8"));
  // The long ones come first, so that the processes finish at about the same time.
  const files = [
    ...(tier === "unit" ? [] : specs.filter(needsEngine)),
    ...(tier === "e2e" || tier === "packed" ? [] : specs.filter((file) => !needsEngine(file))),
  ].filter((file) => tier !== "packed" || hasSets(file));

  process.env.NODE_COMPILE_CACHE ??= compileCache;
  // The engine runs only for seconds. Collecting its garbage half as often costs memory, but there is enough of it.
  process.env.GOGC ??= "400";
  if (tier === "all") {
    process.env.AIDP_TEST_ALL = "1";
  }
  if (tier === "packed") {
    process.env.AIDP_ENTRIES_SHOWN = "0";
  }
  if (files.some(needsEngine)) {
    await ensureLibrary();
    await buildPlugin();
    process.env.AIDP_TEST_ENGINE = await findEngine();
    await ensureHost("yaml", process.env.AIDP_TEST_ENGINE);
  }

  const timesFolder = mkdtempSync(join(tmpdir(), "aidp-times-"));
  process.env.AIDP_TEST_TIMES = timesFolder;
  const { passed, failed, skipped, broken } = await runSpecs(files, grep);
  if (times) {
    for (const line of readTimes(timesFolder)) {
      console.log(line);
    }
  }
  rmSync(timesFolder, { recursive: true });
  for (const line of broken) {
    console.log(line);
  }
  if (passed + failed + skipped === 0) {
    console.log("There are no such tests.");
  }
  if (skipped > 0) {
    console.log(`${skipped} skipped`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
