import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import schema from "../../provider/plugin/schema.json" with { type: "json" };
import { type Kind, pluginToken, typeToken } from "../../provider/pulumi/shim.ts";

/** A class that declares a resource with these arguments. */
type Declares<Args, Outputs = unknown> = new (
  name: string,
  args: Args,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & Outputs;

/** The classes of a program, by what serves their resources. */
export interface Declarations {
  name: string;
  isPlugin: boolean;
  Batch: Declares<aidp.BatchArgs, Pick<aidp.Batch, "batchId">>;
  SignedUpload: Declares<aidp.SignedUploadArgs, Pick<aidp.SignedUpload, "path">>;
  UploadSet: Declares<aidp.UploadSetArgs>;
  WorkItem: Declares<aidp.WorkItemArgs>;
  WorkItemSet: Declares<aidp.WorkItemSetArgs>;
}

const dynamic: Declarations = {
  name: "dynamic resources",
  isPlugin: false,
  Batch: aidp.Batch,
  SignedUpload: aidp.SignedUpload,
  UploadSet: aidp.UploadSet,
  WorkItem: aidp.WorkItem,
  WorkItemSet: aidp.WorkItemSet,
};

const plugin: Declarations = {
  name: "the plugin",
  isPlugin: true,
  Batch: ofPlugin("Batch"),
  SignedUpload: ofPlugin("SignedUpload"),
  UploadSet: ofPlugin("UploadSet"),
  WorkItem: ofPlugin("WorkItem"),
  WorkItemSet: ofPlugin("WorkItemSet"),
};

export const allDeclarations: readonly Declarations[] = [dynamic, plugin];

/** What the class of an SDK that is made from the schema does. */
function ofPlugin<Args, Outputs>(kind: Kind): Declares<Args, Outputs> {
  const { properties } = schema.resources[`aidp:index:${kind}`];
  class Declared extends pulumi.CustomResource {
    constructor(name: string, args: Args, options?: pulumi.CustomResourceOptions) {
      const outputs = Object.fromEntries(Object.keys(properties).map((each) => [each, undefined]));
      const aliases = [{ type: typeToken(kind) }];
      super(
        pluginToken(kind),
        name,
        { ...outputs, ...args },
        pulumi.mergeOptions(options, { aliases }),
      );
    }
  }
  // The SDK makes a field of each property.
  return Declared as unknown as Declares<Args, Outputs>;
}
