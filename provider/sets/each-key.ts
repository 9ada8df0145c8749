import pMap from "p-map";
import type { Failures } from "../lifecycle/failures.ts";
import type { Progress } from "../lifecycle/progress.ts";

/**
 * Works on each key: one at a time until one succeeds, because until then nobody knows what the others would run into,
 * and then several at a time. After a failure that all would share, the rest fail with it, without sending anything.
 */
export async function eachKey(
  keys: readonly string[],
  concurrency: number,
  failures: Failures,
  progress: Progress,
  work: (key: string) => Promise<void>,
): Promise<void> {
  let wentWell = false;
  failures.begin();
  const workOn = async (key: string): Promise<void> => {
    try {
      failures.throwIfStopped();
      await work(key);
      wentWell = true;
      failures.noteSuccess();
      progress.add();
    } catch (error) {
      failures.add(key, error);
    }
  };
  let begun = 0;
  for (const key of keys) {
    if (wentWell) {
      break;
    }
    begun += 1;
    await workOn(key);
  }
  await pMap(keys.slice(begun), workOn, { concurrency });
}
