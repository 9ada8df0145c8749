import { pythonLiteral } from "./literal.ts";
import { Names, snake } from "./names.ts";
import { adoptionNote, type Declarations, description } from "./program.ts";

/** The files of a program in Python, except its manifests, by name. */
export function pythonFiles(
  name: string,
  projectId: string,
  batches: readonly Declarations[],
): Record<string, string> {
  return {
    "Pulumi.yaml": [
      `name: ${JSON.stringify(name)}`,
      `description: ${description}`,
      "runtime: python",
      "",
    ].join("\n"),
    "requirements.txt": "pulumi>=3.259.0,<4.0.0\npulumi_aidp\n",
    "__main__.py": programText(projectId, batches),
  };
}

function programText(projectId: string, batches: readonly Declarations[]): string {
  const variables = new Names();
  const blocks = batches.map((each) => blockOf(each, variables));
  return [
    ...adoptionNote.map((line) => `# ${line}`),
    "",
    "import pulumi_aidp as aidp",
    "",
    `project_id = ${pythonLiteral(projectId)}`,
    "",
    blocks.filter((block) => block !== "").join("\n"),
  ].join("\n");
}

function blockOf(
  { name, batch, batchId, items, manifest }: Declarations,
  variables: Names,
): string {
  const lines: string[] = [];
  let place = batchId === undefined ? undefined : pythonLiteral(batchId);
  if (batch !== undefined) {
    const snake = name.replaceAll("-", "_");
    const variable = variables.unique(`batch_${snake}`, (number) => `batch_${snake}_${number}`);
    const args = [
      `name=${pythonLiteral(batch.name)}`,
      ...(batch.metadata === undefined
        ? []
        : [`metadata=${pythonLiteral(batch.metadata, "    ")}`]),
    ];
    lines.push(`${variable} = ${callText("Batch", name, args)}`);
    place = `${variable}.batch_id`;
  }
  if (items !== undefined || manifest !== undefined) {
    const listed =
      manifest === undefined
        ? `items=${pythonLiteral(withSnakeFields(items), "    ")}`
        : `manifest=${pythonLiteral(manifest)}`;
    const args = [...(place === undefined ? [] : [`batch_id=${place}`]), listed];
    lines.push(callText("WorkItemSet", name, args));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function callText(kind: string, name: string, args: readonly string[]): string {
  const all = [pythonLiteral(name), ...args, "project_id=project_id", "adopt=True"];
  return `aidp.${kind}(\n${all.map((arg) => `    ${arg},\n`).join("")})`;
}

/** The fields of items as the SDK calls them: `asset_url`. What is in the fields has the user's own names. */
function withSnakeFields(items: Declarations["items"] = {}): object {
  return Object.fromEntries(
    Object.entries(items).map(([key, item]) => [
      key,
      Object.fromEntries(Object.entries(item).map(([field, value]) => [snake(field), value])),
    ]),
  );
}
