import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Contender,
  type Phase,
  phases,
  type Ready,
  type Size,
  type Step,
} from "./contenders/contender.ts";
import { Platform } from "./platform.ts";
import type { Usage } from "./processes.ts";
import { type Outcome, runCommand } from "./run-command.ts";

/** One phase of one contender. */
export interface Measurement extends Size {
  contender: string;
  latencyMs: number;
  run: number;
  phase: Phase;
  seconds: number;
  /** Why the figures do not count, where they do not. */
  problem?: string;
  /** By operation. */
  requests: Record<string, number>;
  /** The most requests that the platform had to answer at a time. */
  maxConcurrent: number;
  /** From the first request to the last answer. */
  trafficSeconds: number;
  /** By role: `provider`, `engine`, `program`, `other`. */
  usage: Record<string, Usage>;
  stateBytes: number;
}

export interface Round extends Size {
  latencyMs: number;
  run: number;
  concurrency: number;
  limitSeconds: number;
}

const longestOutput = 2_000;

/** Runs all phases of a contender, on a platform and in a folder that nobody used before. */
export async function measure(contender: Contender, round: Round): Promise<Measurement[]> {
  const { concurrency } = round;
  const size = sizeOf(round);
  const platform = await Platform.start(round.latencyMs);
  const folder = mkdtempSync(join(tmpdir(), `aidp-bench-${contender.name}-`));
  try {
    const environment = platform.environment();
    const ready = await contender.prepare({ ...size, concurrency, folder, environment });
    return await runPhases(contender, round, platform, ready);
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runPhases(
  contender: Contender,
  round: Round,
  platform: Platform,
  { steps, stateFile, roles }: Ready,
): Promise<Measurement[]> {
  const { latencyMs, run, limitSeconds } = round;
  const size = sizeOf(round);
  const measurements: Measurement[] = [];
  for (const phase of phases) {
    const step = steps[phase];
    if (step === undefined) {
      continue;
    }

    await platform.resetTraffic();
    const outcome = await runCommand(step, roles, limitSeconds);
    const { requests, maxConcurrent, seconds: trafficSeconds } = await platform.traffic();
    const problem =
      complaint(step, outcome, limitSeconds) ?? (await contender.check(phase, platform, size));
    if (problem !== undefined) {
      console.error(endOf(outcome));
    }
    measurements.push({
      ...{ contender: contender.name, ...size, latencyMs, run, phase },
      seconds: outcome.seconds,
      ...(problem !== undefined && { problem }),
      ...{ requests, maxConcurrent, trafficSeconds, usage: outcome.usage },
      stateBytes: existsSync(stateFile) ? statSync(stateFile).size : 0,
    });
    console.error(`  ${phase}: ${problem ?? `${outcome.seconds.toFixed(1)} s`}`);
    // Nothing can be asked of what was not created, nor more of who is out of time already.
    if (outcome.overtime || (phase === "create" && problem !== undefined)) {
      break;
    }
  }
  return measurements;
}

function sizeOf({ items, fileBytes }: Round): Size {
  return { items, ...(fileBytes !== undefined && { fileBytes }) };
}

function complaint(step: Step, outcome: Outcome, limitSeconds: number): string | undefined {
  if (outcome.overtime) {
    return `stopped after ${limitSeconds} s`;
  }
  const isRight = step.isRight ?? ((code) => code === 0);
  return isRight(outcome.code, outcome.output)
    ? undefined
    : `exit code ${outcome.code}, or not what was asked for`;
}

function endOf({ output }: Outcome): string {
  return output.slice(-longestOutput);
}
