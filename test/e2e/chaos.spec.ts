import { expectNoFailure, useLinux } from "../support/chaos.ts";
import { isAll, seedsOf } from "../support/tier.ts";

describe("whatever happens to an update on a real engine, the next one ends as declared", function () {
  this.timeout(1_500_000);
  useLinux();
  const runs = isAll ? 25 : 3;

  for (const seed of seedsOf(21)) {
    // Much of a run is waiting, so more are under way than there are cores.
    it(`from seed ${seed}`, () => expectNoFailure({ runs, engine: true, atOnce: 3, seed }));
  }
});
