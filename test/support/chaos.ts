import assert from "node:assert/strict";
import { type SearchOptions, search } from "../../chaos/search.ts";

/** Plays histories, all of which must end well. */
export async function expectNoFailure(options: Omit<SearchOptions, "shortest">): Promise<void> {
  const { runs, failures } = await search({ ...options, shortest: false }, () => {});
  assert.deepEqual(failures, []);
  assert.equal(runs, options.runs);
}

/** Processes are found by what Linux tells of them. */
export function useLinux(): void {
  before(function () {
    if (process.platform !== "linux") {
      this.skip();
    }
  });
}
