import { Document, Scalar } from "yaml";
import { Names } from "./names.ts";
import { adoptionNote, type Declarations, description } from "./program.ts";

/** The files of a program in YAML, except its manifests, by name. */
export function yamlFiles(
  name: string,
  projectId: string,
  batches: readonly Declarations[],
): Record<string, string> {
  const names = new Names();
  const resources = batches.flatMap((each) => resourcesOf(each, projectId, names));
  const document = new Document({
    name,
    description,
    runtime: "yaml",
    ...(resources.length > 0 && { resources: Object.fromEntries(resources) }),
  });
  document.commentBefore = adoptionNote.map((line) => ` ${line}`).join("\n");
  return { "Pulumi.yaml": document.toString({ lineWidth: 0, defaultStringType: Scalar.PLAIN }) };
}

/** YAML has one namespace for all resources, so a set is not called like its batch. */
function resourcesOf(
  { name, batch, batchId, items, manifest }: Declarations,
  projectId: string,
  names: Names,
): [name: string, resource: object][] {
  const found: [string, object][] = [];
  let place: string | undefined = batchId;
  if (batch !== undefined) {
    const own = names.unique(name);
    const properties = { ...(escaped(batch) as object), projectId, adopt: true };
    found.push([own, { type: "aidp:Batch", properties }]);
    place = `\${${own}.batchId}`;
  }
  if (items !== undefined || manifest !== undefined) {
    const listed = manifest === undefined ? { items: escaped(items) } : { manifest };
    const of = place === undefined ? {} : { batchId: place };
    const properties = { ...of, ...listed, projectId, adopt: true };
    found.push([names.unique(`${name}-items`), { type: "aidp:WorkItemSet", properties }]);
  }
  return found;
}

/** A value in which nothing is a reference to a resource. */
function escaped(value: unknown): unknown {
  if (typeof value === "string") {
    // A function, because `$$` is a pattern in a replacement.
    return value.replaceAll("${", () => "$${");
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Array.isArray(value)
    ? value.map(escaped)
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [escaped(key), escaped(each)]));
}
