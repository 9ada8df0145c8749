import { expectNoFailure, useLinux } from "./search.ts";

describe("whatever happens to an update on a real engine, the next one ends as declared", function () {
  this.timeout(1_200_000);
  useLinux();

  it("from a known seed", () => expectNoFailure({ runs: 25, engine: true, atOnce: 1, seed: 21 }));
});
