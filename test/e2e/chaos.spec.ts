import { expectNoFailure, useLinux } from "../support/chaos.ts";
import { isAll, seedsOf } from "../support/tier.ts";

describe("whatever happens to an update, the next one ends as declared", function () {
  this.timeout(2_400_000);
  useLinux();

  // Much of a run is waiting, so more are under way than there are cores.
  for (const seed of seedsOf(23)) {
    it(`on a real engine, from seed ${seed}`, () =>
      expectNoFailure({ runs: isAll ? 25 : 2, engine: true, atOnce: 3, seed }));
  }

  for (const seed of seedsOf(1, 2024)) {
    it(`of the lifecycles alone, from seed ${seed}`, () =>
      expectNoFailure({ runs: isAll ? 250 : 25, engine: false, atOnce: 8, seed }));
  }
});
