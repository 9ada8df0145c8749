import { expectNoFailure, useLinux } from "./search.ts";

describe("whatever happens to an update on a real engine, the next one ends as declared", function () {
  this.timeout(1_500_000);
  useLinux();

  // Much of a run is waiting, so more are under way than there are cores.
  it("from a known seed", () => expectNoFailure({ runs: 25, engine: true, atOnce: 3, seed: 21 }));
});
