import { expectNoFailure, useLinux } from "../support/chaos.ts";
import { isAll, seedsOf } from "../support/tier.ts";

describe("whatever happens to an update of the lifecycles alone, the next one ends as declared", function () {
  this.timeout(600_000);
  useLinux();
  const runs = isAll ? 250 : 25;

  for (const seed of seedsOf(1, 2024)) {
    it(`from seed ${seed}`, () => expectNoFailure({ runs, engine: false, atOnce: 8, seed }));
  }
});
