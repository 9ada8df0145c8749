import { expectNoFailure, useLinux } from "./search.ts";

// Known seeds, so that a change is judged by what it changes; `npm run chaos` draws fresh ones.
const seeds = [1, 2024];

describe("whatever happens to an update of the lifecycles alone, the next one ends as declared", function () {
  this.timeout(600_000);
  useLinux();

  for (const seed of seeds) {
    it(`from seed ${seed}`, () => expectNoFailure({ runs: 250, engine: false, atOnce: 8, seed }));
  }
});
