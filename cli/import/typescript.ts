import { dependenciesOf } from "./library.ts";
import { literal } from "./literal.ts";
import { identifier, Names } from "./names.ts";
import { adoptionNote, type Declarations, description } from "./program.ts";

/** The files of a program, except its manifests, by name. `library` is how it depends on this package, if known. */
export function typescriptFiles(
  name: string,
  projectId: string,
  batches: readonly Declarations[],
  library: string | undefined,
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
    `description: ${description}`,
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
function programText(projectId: string, batches: readonly Declarations[]): string {
  const constants = new Names();
  const blocks = batches.map((each) => blockOf(each, constants));
  const text = blocks.filter((block) => block !== "").join("\n");
  const used = ["Batch", "WorkItemSet"].filter((kind) => text.includes(`new ${kind}(`));
  return [
    ...adoptionNote.map((line) => `// ${line}`),
    "",
    ...(used.length > 0
      ? [`import { ${used.join(", ")} } from "pulumi-ai-data-platform";`, ""]
      : []),
    `const projectId = ${literal(projectId)};`,
    "",
    text,
  ].join("\n");
}

function blockOf(
  { name, batch, batchId, items, manifest }: Declarations,
  constants: Names,
): string {
  const lines: string[] = [];
  const resource = literal(name);
  const hasItems = items !== undefined || manifest !== undefined;
  let place = batchId === undefined ? undefined : literal(batchId);
  if (batch !== undefined) {
    const made = argsText("Batch", resource, [
      "projectId",
      `name: ${literal(batch.name)}`,
      ...(batch.metadata === undefined ? [] : [`metadata: ${literal(batch.metadata, "  ")}`]),
      "adopt: true",
    ]);
    const camel = identifier(name);
    place = hasItems ? constants.unique(camel, (number) => `${camel}${number}`) : undefined;
    lines.push(place === undefined ? made : `const ${place} = ${made}`);
  }
  if (hasItems) {
    lines.push(
      argsText("WorkItemSet", resource, [
        "projectId",
        ...(place === undefined ? [] : [`batchId: ${place}`]),
        manifest === undefined
          ? `items: ${literal(items, "  ")}`
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
