import { main } from "@pulumi/pulumi/provider/index.js";
import { serveByPlugin } from "../pulumi/resource.ts";
import { Dataset, type DatasetArgs } from "../resources/dataset.ts";

// The process in which the plugin makes components. A component is a part of a program: it registers resources with the
// engine, and an error in one of them is an unhandled rejection, so the SDK's own server and a process of its own serve it.

/** Serves components, and prints the port. */
export function serveComponents(version: string, engineAddress: string): Promise<void> {
  serveByPlugin(version);
  return main(
    {
      version,
      construct: async (name, type, inputs, options) => {
        if (type !== "aidp:index:Dataset") {
          throw new Error(`there is no component ${type}`);
        }
        const dataset = new Dataset(name, inputs as unknown as DatasetArgs, options);
        const { urn, batch, uploads, workItems } = dataset;
        return { urn, state: { batch, uploads, workItems } };
      },
    },
    [engineAddress],
  );
}
