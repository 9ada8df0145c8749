/**
 * How long a preview of single resources takes, beside as many of a naive dynamic provider, in turn.
 * npm run bench:previews -- [--items 300] [--rounds 5]
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureLibrary } from "../scripts/build-library.ts";
import { integer } from "../scripts/integer.ts";
import { Failure, runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import type { Step } from "./contenders/contender.ts";
import { pulumiProgram } from "./contenders/pulumi-program.ts";
import { machine } from "./machine.ts";
import { median } from "./median.ts";
import { Platform } from "./platform.ts";
import type { Roles } from "./processes.ts";
import { type Outcome, runCommand } from "./run-command.ts";

const limitSeconds = 600;
const concurrency = 32;

interface Program {
  roles: Roles;
  first: Step;
  create: Step;
  unchanged: Step;
}

async function prepare(
  program: string,
  items: number,
  folder: string,
  environment: Record<string, string>,
): Promise<Program> {
  mkdirSync(folder);
  const task = { items, concurrency, folder, environment };
  const { steps, roles } = await pulumiProgram(program, task);
  const { create, preview: unchanged } = steps;
  if (create === undefined || unchanged === undefined) {
    throw new Failure(`${program} has no preview.`);
  }
  const args = unchanged.args.filter((arg) => arg !== "--expect-no-changes");
  return { roles, first: { ...unchanged, args }, create, unchanged };
}

async function run(step: Step, roles: Roles): Promise<Outcome> {
  const outcome = await runCommand(step, roles, limitSeconds);
  if (outcome.code !== 0) {
    throw new Failure(`Exit code ${outcome.code}:\n${outcome.output.slice(-2_000)}`);
  }
  return outcome;
}

/** Runs a step of both, as often as there are rounds; the first round of each does not count. */
async function inTurn(
  programs: readonly [Program, Program],
  step: "first" | "unchanged",
  rounds: number,
): Promise<[Outcome[], Outcome[]]> {
  const outcomes: [Outcome[], Outcome[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const program = programs[which];
      const outcome = await run(program[step], program.roles);
      if (round > 0) {
        outcomes[which].push(outcome);
      }
    }
  }
  return outcomes;
}

/** The processor time of a role, or of all processes. */
function cpuOf({ usage }: Outcome, role?: string): number {
  const counted = role === undefined ? Object.values(usage) : [usage[role]];
  return counted.reduce((sum, each) => sum + (each?.cpuSeconds ?? 0), 0);
}

function medianOf(outcomes: readonly Outcome[], figure: (outcome: Outcome) => number): number {
  return median(outcomes.map(figure));
}

function rowsOf(
  names: readonly [string, string],
  preview: string,
  [ours, naive]: [Outcome[], Outcome[]],
  atMost: number,
): string[][] {
  const ratio = (figure: (outcome: Outcome) => number) =>
    medianOf(ours, figure) / medianOf(naive, figure);
  const slower = ratio(({ seconds }) => seconds);
  const figures = (outcomes: readonly Outcome[]) =>
    [
      ({ seconds }: Outcome) => seconds,
      (outcome: Outcome) => cpuOf(outcome),
      ...["program", "provider", "engine"].map((role) => (one: Outcome) => cpuOf(one, role)),
    ].map((figure) => medianOf(outcomes, figure).toFixed(2));
  const judged = [
    slower.toFixed(2),
    ratio((outcome) => cpuOf(outcome)).toFixed(2),
    String(atMost),
    slower <= atMost ? "yes" : "NO",
  ];
  return [
    [names[0], preview, ...figures(ours), ...judged],
    [names[1], preview, ...figures(naive), "", "", "", ""],
  ];
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      items: { type: "string", default: "300" },
      rounds: { type: "string", default: "5" },
    },
  });
  const items = integer("--items", values.items, 1);
  const rounds = integer("--rounds", values.rounds, 1);
  await ensureLibrary();
  console.log(JSON.stringify(machine()));
  const pairs = [
    { ours: "single.ts", count: items, names: [`${items} WorkItem`, `${items} naive`], atMost: 1 },
    { ours: "batch.ts", count: 1, names: ["1 Batch", "1 naive"], atMost: 1.1 },
  ] as const;
  const rows: string[][] = [];
  for (const { ours, count, names, atMost } of pairs) {
    const platform = await Platform.start(0);
    const folder = mkdtempSync(join(tmpdir(), "aidp-previews-"));
    try {
      const make = (program: string, name: string) =>
        prepare(program, count, join(folder, name), platform.environment());
      const programs = [await make(ours, "ours"), await make("naive.ts", "naive")] as const;
      const first = await inTurn(programs, "first", rounds);
      for (const { create, roles } of programs) {
        await run(create, roles);
      }
      const unchanged = await inTurn(programs, "unchanged", rounds);
      rows.push(...rowsOf(names, "first", first, atMost));
      rows.push(...rowsOf(names, "without change", unchanged, atMost));
    } finally {
      await platform.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const heads = ["resources", "preview", "seconds", "CPU s", "program", "provider", "engine"];
  console.log(table([...heads, "times naive", "in CPU", "at most", "met"], rows));
  return rows.some((row) => row.includes("NO")) ? 1 : 0;
});
