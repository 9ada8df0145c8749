/**
 * Loaded before the lifecycles in a process that is soon killed. Leaves out Pulumi's SDK, of which they need
 * nothing but takes most of the start, and lets waits pass ten times as fast. Timeouts stay as they are.
 */
import { registerHooks, syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const sdk = `data:text/javascript,
  export class CustomResource {}
  export class Output {}
  export const createUrn = () => {};
  export const output = () => {};
  export default { unknownValue: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith("@pulumi/pulumi")
      ? { url: sdk, shortCircuit: true }
      : next(specifier, context),
});

const faster = 10;
const longestWaitMs = 10_000;
const shorter = (ms = 0) => (ms < longestWaitMs ? ms / faster : ms);

const { setTimeout: later } = globalThis;
globalThis.setTimeout = Object.assign(
  (callback, ms, ...values) => later(callback, shorter(ms), ...values),
  later,
);
const { setTimeout: delay } = timers;
timers.setTimeout = (ms, ...others) => delay(shorter(ms), ...others);
syncBuiltinESMExports();
