import type * as pulumi from "@pulumi/pulumi";
import { nodeProblem } from "./node-version.ts";
import { watchForCancel } from "./pulumi/cancellation.ts";
import { endWithEngine } from "./pulumi/engine-address.ts";
import { DynamicProvider, shownByEngine } from "./pulumi/provider.ts";
import type { Kind } from "./pulumi/shim.ts";
import { adaptKinds } from "./resources/kinds.ts";

const providers = adaptKinds<pulumi.dynamic.ResourceProvider>(
  (lifecycle) => new DynamicProvider(lifecycle),
);

/** The entry of the provider process: the text in the state asks here for the provider of its kind. */
export function provider(kind: Kind): pulumi.dynamic.ResourceProvider {
  if (nodeProblem !== undefined) {
    throw new Error(nodeProblem);
  }
  return providers[kind]();
}

endWithEngine();
watchForCancel();

const { error: printError } = console;
console.error = (...lines: unknown[]) => {
  if (!String(lines[0]).startsWith(shownByEngine)) {
    printError(...lines);
  }
};
