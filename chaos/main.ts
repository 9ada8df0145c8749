/**
 * Lets random things happen to stacks, and looks whether what is declared comes about all the same.
 * npm run chaos -- [--runs 100] [--seed N] [--seconds N] [--at-once 8] [--engine] [--shortest]: docs/reliability.md.
 */
import { parseArgs } from "node:util";
import { buildLibrary } from "../scripts/build-library.ts";
import { runMain } from "../scripts/main.ts";
import { search } from "./search.ts";

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100" },
      seed: { type: "string" },
      seconds: { type: "string" },
      "at-once": { type: "string" },
      engine: { type: "boolean", default: false },
      shortest: { type: "boolean", default: false },
    },
  });
  const { engine, shortest } = values;
  // Its programs run against what is built.
  if (engine) await buildLibrary();
  const seed =
    values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const options = {
    runs: Number(values.runs),
    seed,
    engine,
    shortest,
    ...(values.seconds !== undefined && { mostMs: Number(values.seconds) * 1000 }),
    atOnce: Number(values["at-once"] ?? (engine ? 1 : 8)),
  };
  const startedAt = Date.now();
  console.log(`seed ${seed}`);
  const { runs, failures } = await search(options, (line) => console.log(line));
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${runs} runs in ${seconds} s, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
});
