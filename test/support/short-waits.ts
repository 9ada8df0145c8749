import { restoreWaits, shortenWaits } from "../../harness/short-waits.ts";

/**
 * Has waits pass ten times as fast in the describe block that calls this. Look-ups still wait 100 ms for each other, so
 * a delay of the platform must be longer than that to be noticed.
 */
export function useShortWaits(): void {
  before(shortenWaits);
  after(restoreWaits);
}
