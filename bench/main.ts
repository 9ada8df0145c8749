/**
 * Sets of work items against the peers, side by side in one run: docs/benchmarks.md.
 * npm run bench -- [--n 1000,10000] [--latency 0,20] [--only floor,set] [--json FILE] …
 */
import { writeFileSync } from "node:fs";
import { ensureLibrary } from "../scripts/build-library.ts";
import { runMain } from "../scripts/main.ts";
import type { Contender } from "./contenders/contender.ts";
import { machine } from "./machine.ts";
import { type Measurement, measure, type Round } from "./measure.ts";
import { type Options, readOptions } from "./options.ts";
import { measurementTables, targetTable, titleOf } from "./report.ts";
import { targetsOf } from "./targets.ts";

/** Not measured: whoever comes first would pay for reading programs from the disk. */
const warmUp = { items: 10, latencyMs: 0, run: 0 };
const warmUpBytes = 200_000;

function rounds({
  items,
  uploads,
  latenciesMs,
  runs,
  concurrency,
  limitSeconds,
}: Options): Round[] {
  const sizes = [...items.map((count) => ({ items: count })), ...uploads];
  return Array.from({ length: runs }, (_, index) => index + 1).flatMap((run) =>
    latenciesMs.flatMap((latencyMs) =>
      sizes.map((size) => ({ ...size, latencyMs, run, concurrency, limitSeconds })),
    ),
  );
}

/** Work items and files have contenders of their own. */
function takesPart({ of, mostItems }: Contender, { items, fileBytes }: Round): boolean {
  return (of === "files") === (fileBytes !== undefined) && items <= mostItems;
}

await runMain(import.meta, async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.contenders.some(({ usesLibrary }) => usesLibrary)) {
    await ensureLibrary();
  }

  const started = new Date().toISOString();
  const on = machine();
  const measurements: Measurement[] = [];
  const save = () => {
    if (options.jsonFile === undefined) {
      return;
    }
    const targets = targetsOf(measurements);
    const { concurrency, limitSeconds } = options;
    const result = { started, machine: on, concurrency, limitSeconds, measurements, targets };
    writeFileSync(options.jsonFile, `${JSON.stringify(result, null, 2)}\n`);
  };

  for (const contender of options.contenders) {
    console.error(`Warming up: ${contender.title}`);
    const { concurrency, limitSeconds } = options;
    await measure(contender, {
      ...{ ...warmUp, concurrency, limitSeconds },
      ...(contender.of === "files" && { fileBytes: warmUpBytes }),
    });
  }
  for (const round of rounds(options)) {
    for (const contender of options.contenders) {
      if (!takesPart(contender, round)) {
        continue;
      }
      console.error(`${contender.title}: ${titleOf(round)}`);
      measurements.push(...(await measure(contender, round)));
      save();
    }
  }

  const targets = targetsOf(measurements);
  console.log(`${JSON.stringify(on)}\n\n${measurementTables(measurements)}\n`);
  console.log(targetTable(targets));
  return measurements.some(({ problem }) => problem !== undefined) ? 1 : 0;
});
