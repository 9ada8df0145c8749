import assert from "node:assert/strict";
import { type SearchOptions, search } from "../../chaos/search.ts";

/** Told, so that what a fresh seed finds can be seen again. */
const fresh = Math.floor(Math.random() * 2 ** 31);

describe("whatever happens to an update, the next one ends as declared", function () {
  this.timeout(600_000);

  async function expectNoFailure(options: Omit<SearchOptions, "shortest">): Promise<number> {
    const { runs, failures } = await search({ ...options, shortest: false }, () => {});
    assert.deepEqual(failures, []);
    return runs;
  }

  before(function () {
    // Processes are found by what Linux tells of them.
    if (process.platform !== "linux") this.skip();
  });

  it("with the lifecycles alone, killed for real: seeds that once failed", async () => {
    for (const seed of [104239388, 61470165, 695502193]) {
      await expectNoFailure({ runs: 1, seed, engine: false, atOnce: 1 });
    }
  });

  it("with the lifecycles alone: 250 known runs, and as many from a fresh seed as time allows", async function () {
    await expectNoFailure({ runs: 250, seed: 1, engine: false, atOnce: 8, mostMs: 60_000 });
    const mostMs = 60_000;
    const runs = await expectNoFailure({ runs: 250, seed: fresh, engine: false, atOnce: 8, mostMs });
    this.test!.title += ` (seed ${fresh}: ${runs})`;
  });

  it("on a real engine", async function () {
    const mostMs = 100_000;
    const runs = await expectNoFailure({ runs: 25, seed: fresh, engine: true, atOnce: 2, mostMs });
    this.test!.title += ` (seed ${fresh}: ${runs} runs)`;
  });
});
