import { restoreWaits, shortenWaits } from "../../harness/short-waits.ts";

/** Has waits pass ten times as fast in the describe block that calls this. */
export function useShortWaits(): void {
  before(shortenWaits);
  after(restoreWaits);
}
