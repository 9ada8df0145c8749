import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const { setTimeout: delay } = timers;
const { random } = Math;

/** Longer waits are timeouts, and stay as they are. */
const longestWaitMs = 10_000;

/** Makes the waits of this process pass ten times as fast, both those before another look and those before a retry. */
export function shortenWaits(): void {
  timers.setTimeout = (ms = 0, ...others) => delay(ms < longestWaitMs ? ms / 10 : ms, ...others);
  syncBuiltinESMExports();
  // A retry waits for a randomly drawn part of its wait.
  Math.random = () => random() / 10;
}

/** Makes waits pass at their normal speed again. */
export function restoreWaits(): void {
  timers.setTimeout = delay;
  syncBuiltinESMExports();
  Math.random = random;
}
