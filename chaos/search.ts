import { createHash } from "node:crypto";
import fc from "fast-check";
import pMap from "p-map";
import { Broken } from "./checks.ts";
import { histories, told } from "./history.ts";
import { LifecycleStack } from "./lifecycle-stack.ts";
import { ProviderProcess } from "./provider-process.ts";
import { type OpenStack, play } from "./run.ts";

export interface SearchOptions {
  runs: number;
  /** The seed of the first run. The seeds of the other runs come from it. */
  seed: number;
  /** Whether to drive a real engine. */
  engine: boolean;
  /** Whether to look for the shortest history that fails. */
  shortest: boolean;
  atOnce: number;
  /** After this time, no run begins. Default: all runs begin. */
  mostMs?: number;
}

/** Plays histories until one breaks something. It reports each that does, and how many it has played. */
export async function search(
  options: SearchOptions,
  tell: (line: string) => void,
): Promise<{ runs: number; failures: string[] }> {
  const open = await opener(options.engine);
  const failures: string[] = [];
  let runs = 0;
  const until = Date.now() + (options.mostMs ?? Number.POSITIVE_INFINITY);
  await pMap(
    Array.from({ length: options.runs }, (_, index) => index),
    async (index) => {
      if (failures.length > 0 || Date.now() >= until) {
        return;
      }
      const seed = seedOf(options.seed, index);
      const failure = await failureOf(seed, open, options);
      runs += 1;
      if (runs % (options.engine ? 10 : 100) === 0) {
        tell(`${runs} runs`);
      }
      if (failure !== undefined) {
        failures.push(failure);
        tell(`run ${index + 1} of ${options.runs}: ${failure}`);
      }
    },
    { concurrency: options.atOnce },
  );
  ProviderProcess.endAll();
  return { runs, failures };
}

async function opener(engine: boolean): Promise<OpenStack> {
  if (engine) {
    const { EngineStack } = await import("./engine-stack.ts");
    return (platform, place) => EngineStack.create(platform, place);
  }
  return async (platform, place) => new LifecycleStack(() => platform.emulator, place);
}

/** After this time, the search reports the shortest history so far; on an engine, after ten times as long. */
const longestSearchMs = 60_000;

/** What one run breaks, and how to reproduce it. */
async function failureOf(
  seed: number,
  open: OpenStack,
  { engine, shortest }: SearchOptions,
): Promise<string | undefined> {
  const property = fc.asyncProperty(histories, (history) => play(history, open));
  const details = await fc.check(property, {
    seed,
    numRuns: 1,
    endOnFailure: !shortest,
    ...(shortest && { interruptAfterTimeLimit: engine ? 10 * longestSearchMs : longestSearchMs }),
  });
  const [history] = details.counterexample ?? [];
  if (history === undefined) {
    return undefined;
  }
  const error = details.errorInstance;
  const what = error instanceof Broken ? error.message : String((error as Error).stack ?? error);
  const flags = `${engine ? " --engine" : ""}${shortest ? "" : " --shortest"}`;
  const how = shortest
    ? `the shortest history, after ${details.numShrinks} shorter ones`
    : "the history";
  return [
    `seed ${seed}: ${what}`,
    `${how}: ${told(history)}`,
    `npm run chaos -- --runs 1 --seed ${seed}${flags}`,
  ].join("\n");
}

/** Neighbouring seeds give similar histories, so this spreads the seeds. */
function seedOf(first: number, index: number): number {
  if (index === 0) {
    return first;
  }
  return createHash("sha256").update(`${first}/${index}`).digest().readUInt32BE() >>> 1;
}
