import assert from "node:assert/strict";
import { type SearchOptions, search } from "../../chaos/search.ts";

// Known seeds, so that a change is judged by what it changes; `npm run chaos` draws fresh ones.
const seeds = [1, 2024];
const engineSeed = 21;

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

  const quick = { runs: 100, engine: false, atOnce: 8, mostMs: 60_000 };

  for (const seed of seeds) {
    it(`with the lifecycles alone, from seed ${seed}`, async function () {
      this.test!.title += `: ${await expectNoFailure({ ...quick, seed })} runs`;
    });
  }

  it(`on a real engine, from seed ${engineSeed}`, async function () {
    const options = { runs: 5, engine: true, atOnce: 1, mostMs: 90_000, seed: engineSeed };
    this.test!.title += `: ${await expectNoFailure(options)} runs`;
  });
});
