/**
 * Lets random things happen to stacks, and checks whether what is declared still comes about.
 * npm run chaos -- [--runs 100] [--seed N] [--seconds N] [--at-once N] [--engine] [--shortest]: docs/reliability.md.
 */
import { parseArgs } from "node:util";
import { ensureLibrary } from "../scripts/build-library.ts";
import { buildPlugin } from "../scripts/build-plugin.ts";
import { integer } from "../scripts/integer.ts";
import { runMain } from "../scripts/main.ts";

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
  const { engine, shortest, seconds: most } = values;
  const seed = integer("--seed", values.seed ?? `${Math.floor(Math.random() * 2 ** 31)}`, 0);
  const options = {
    runs: integer("--runs", values.runs, 1),
    seed,
    engine,
    shortest,
    ...(most !== undefined && { mostMs: integer("--seconds", most, 1) * 1000 }),
    atOnce: integer("--at-once", values["at-once"] ?? (engine ? "2" : "8"), 1),
  };
  // Loaded late, so that the user hears of a mistyped option at once.
  const { search } = await import("./search.ts");
  // The engine's programs run against the built library, and the built plugin.
  if (engine) {
    await ensureLibrary();
    await buildPlugin();
  }
  const startedAt = Date.now();
  console.log(`seed ${seed}`);
  const { runs, failures } = await search(options, (line) => console.log(line));
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${runs} runs in ${seconds} s, ${failures.length} failed`);
  // If the time was up before the first run, nothing is known.
  return runs > 0 && failures.length === 0 ? 0 : 1;
});
