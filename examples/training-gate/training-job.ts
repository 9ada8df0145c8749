import * as pulumi from "@pulumi/pulumi";

/** Stands for the job that you have: a resource of your cloud, or a `local.Command` of `@pulumi/command`. */
export class TrainingJob extends pulumi.dynamic.Resource {
  /** The paths of the COCO files that it learned from. */
  declare readonly annotations: pulumi.Output<string[]>;

  constructor(
    name: string,
    args: { annotations: pulumi.Input<string[]> },
    options: pulumi.CustomResourceOptions,
  ) {
    const provider: pulumi.dynamic.ResourceProvider = {
      async create(inputs) {
        // Here the training would begin.
        return { id: `trained-on-${inputs.annotations.length}`, outs: inputs };
      },
    };
    super(provider, name, args, options);
  }
}
