import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const { setTimeout: delay } = timers;
const { random } = Math;

/** Longer waits are timeouts, and stay as they are. */
const longestWaitMs = 10_000;

/** Has the waits of this process pass ten times as fast: those before another look, and those before a repetition. */
export function shortenWaits(): void {
  timers.setTimeout = (ms = 0, ...others) => delay(ms < longestWaitMs ? ms / 10 : ms, ...others);
  syncBuiltinESMExports();
  // What is repeated is repeated after a part of the wait that is drawn.
  Math.random = () => random() / 10;
}

/** Has them pass as they do. */
export function restoreWaits(): void {
  timers.setTimeout = delay;
  syncBuiltinESMExports();
  Math.random = random;
}
