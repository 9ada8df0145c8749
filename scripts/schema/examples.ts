import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";

const folder = join(projectRoot, "examples", "resources");

/** The resources that `pulumi import` takes, with the form of the id. */
const ids: Readonly<Record<string, string>> = {
  Batch: "<projectId>/<batchId>",
  WorkItem: "<projectId>/<workItemId>",
};

/** The examples of a kind, and how to import one, in the form that Pulumi's registry shows. */
export function examplesOf(name: string): string {
  const codes = ["yaml", "py"].flatMap((extension) => {
    const file = join(folder, `${name}.${extension}`);
    const language = extension === "py" ? "python" : extension;
    return existsSync(file)
      ? [`\`\`\`${language}\n${readFileSync(file, "utf8").trimEnd()}\n\`\`\``]
      : [];
  });
  const examples =
    codes.length === 0
      ? []
      : [
          "{{% examples %}}\n## Example Usage",
          "{{% example %}}",
          ...codes,
          "{{% /example %}}\n{{% /examples %}}",
        ];
  const id = ids[name];
  const imports =
    id === undefined
      ? []
      : [`## Import\n\n\`\`\`sh\npulumi import aidp:index:${name} name '${id}'\n\`\`\``];
  return [...examples, ...imports].join("\n\n");
}
