import { ownMetadata } from "../../provider/items/batches.ts";
import type { Gathered } from "./gather.ts";
import { dependenciesOf } from "./library.ts";
import { literal } from "./literal.ts";
import { identifier, Names } from "./names.ts";

/** The files of a program, except its manifests, by name. `library` is how it depends on this package, if known. */
export function programFiles(
  name: string,
  library: string | undefined,
  projectId: string,
  batches: readonly Gathered[],
): Record<string, string> {
  return {
    "Pulumi.yaml": pulumiYaml(name),
    "package.json": packageJson(name, library),
    "tsconfig.json": `${JSON.stringify({ compilerOptions }, undefined, 2)}\n`,
    "index.ts": programText(projectId, batches),
  };
}

const compilerOptions = {
  target: "es2023",
  module: "nodenext",
  types: ["node"],
  strict: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
  noEmit: true,
};

function pulumiYaml(name: string): string {
  return [
    `name: ${JSON.stringify(name)}`,
    "description: Labeling batches and work items, imported by aidp import",
    "runtime:",
    "  name: nodejs",
    "  options:",
    "    typescript: false",
    "main: index.ts",
    "",
  ].join("\n");
}

function packageJson(name: string, library: string | undefined): string {
  const project = {
    name,
    private: true,
    type: "module",
    main: "index.ts",
    ...dependenciesOf(library),
  };
  return `${JSON.stringify(project, undefined, 2)}\n`;
}

/** The text of the program. It adopts what exists, so the first update changes nothing. */
function programText(projectId: string, batches: readonly Gathered[]): string {
  const constants = new Names();
  const blocks = batches.map((each) => blockOf(each, constants));
  const text = blocks.filter((block) => block !== "").join("\n");
  const used = ["Batch", "WorkItemSet"].filter((kind) => text.includes(`new ${kind}(`));
  return [
    "// Made by `aidp import`. The first `pulumi up` adopts what exists (adopt), and changes nothing on the",
    "// platform. Once it is done, adopt can go.",
    "",
    ...(used.length > 0
      ? [`import { ${used.join(", ")} } from "pulumi-ai-data-platform";`, ""]
      : []),
    `const projectId = ${literal(projectId)};`,
    "",
    text,
  ].join("\n");
}

function blockOf({ batch, name, size, items, manifest }: Gathered, constants: Names): string {
  const lines: string[] = [];
  const resource = literal(name);
  let place: string | undefined;
  if (batch.name.trim() === "") {
    // A batch with such a name cannot be declared.
    place = literal(batch.id);
  } else if (batch.name !== "Default") {
    const metadata = ownMetadata(batch);
    const made = argsText("Batch", resource, [
      "projectId",
      `name: ${literal(batch.name)}`,
      ...(Object.keys(metadata).length > 0 ? [`metadata: ${literal(metadata, "  ")}`] : []),
      "adopt: true",
    ]);
    const camel = identifier(name);
    place = size > 0 ? constants.unique(camel, (number) => `${camel}${number}`) : undefined;
    lines.push(place === undefined ? made : `const ${place} = ${made}`);
  }
  if (size > 0) {
    lines.push(
      argsText("WorkItemSet", resource, [
        "projectId",
        ...(place === undefined ? [] : [`batchId: ${place}`]),
        manifest === undefined
          ? `items: ${literal(Object.fromEntries(items), "  ")}`
          : `manifest: ${literal(manifest)}`,
        "adopt: true",
      ]),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function argsText(kind: string, resource: string, fields: readonly string[]): string {
  return `new ${kind}(${resource}, {\n${fields.map((field) => `  ${field},\n`).join("")}});`;
}
