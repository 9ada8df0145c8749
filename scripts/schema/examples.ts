import { resourceExample } from "../docs/examples.ts";
import { fenced } from "../docs/fenced.ts";

/** The resources that `pulumi import` takes, with the form of the id. */
const ids: Readonly<Record<string, string>> = {
  Batch: "<projectId>/<batchId>",
  SignedUpload: "<spaceId>/<path>",
  WorkItem: "<projectId>/<workItemId>",
};

/** The examples of a resource, and how to import one, in the form that Pulumi's registry shows. */
export function examplesOf(name: string): string {
  const codes = (["yaml", "py"] as const).map((extension) => resourceExample(name, extension));
  const id = ids[name];
  return [
    "{{% examples %}}\n## Example Usage",
    "{{% example %}}",
    ...codes,
    "{{% /example %}}\n{{% /examples %}}",
    ...(id === undefined
      ? []
      : ["## Import", fenced(`pulumi import aidp:index:${name} name '${id}'`, "sh")]),
  ].join("\n\n");
}
