import pMap from "p-map";
import type { Failures } from "./failures.ts";
import type { Progress } from "./progress.ts";

/** Works on each key, several at a time. After a failure that all would share, the rest fail with it unsent. */
export async function eachKey(
  keys: readonly string[],
  concurrency: number,
  failures: Failures,
  progress: Progress,
  work: (key: string) => Promise<void>,
): Promise<void> {
  await pMap(
    keys,
    async (key) => {
      try {
        failures.throwIfStopped();
        await work(key);
        progress.add();
      } catch (error) {
        failures.add(key, error);
      }
    },
    { concurrency },
  );
}
