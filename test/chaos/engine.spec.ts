import { expectNoFailure, useLinux } from "./search.ts";

describe("whatever happens to an update on a real engine, the next one ends as declared", function () {
  this.timeout(600_000);
  useLinux();

  // A run takes half a minute: more of them are for `npm run chaos -- --engine`.
  it("from a known seed", () => expectNoFailure({ runs: 5, engine: true, atOnce: 1, seed: 21 }));
});
