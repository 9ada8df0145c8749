/**
 * Loaded before the lifecycles in a process that is soon killed. It leaves out Pulumi's SDK, which the lifecycles do
 * not need but which takes most of the start, and makes waits pass ten times as fast. Timeouts stay as they are.
 */
import { registerHooks } from "node:module";
import { shortenWaits } from "../harness/short-waits.ts";

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

shortenWaits();
