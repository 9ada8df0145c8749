import assert from "node:assert/strict";
import { type SearchOptions, search } from "../../chaos/search.ts";

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

  const quick = { runs: 250, engine: false, atOnce: 8, mostMs: 60_000 };

  it("with the lifecycles alone, from a known seed", async function () {
    this.test!.title += `: ${await expectNoFailure({ ...quick, seed: 1 })} runs`;
  });

  it(`with the lifecycles alone, from seed ${fresh}`, async function () {
    this.test!.title += `: ${await expectNoFailure({ ...quick, seed: fresh })} runs`;
  });

  it(`on a real engine, from seed ${fresh}`, async function () {
    const options = { runs: 25, engine: true, atOnce: 1, mostMs: 90_000, seed: fresh };
    this.test!.title += `: ${await expectNoFailure(options)} runs`;
  });
});
