import { Names } from "./names.ts";
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
    `project_id = ${literal(projectId)}`,
    "",
    blocks.filter((block) => block !== "").join("\n"),
  ].join("\n");
}

function blockOf(
  { name, batch, batchId, items, manifest }: Declarations,
  variables: Names,
): string {
  const lines: string[] = [];
  let place = batchId === undefined ? undefined : literal(batchId);
  if (batch !== undefined) {
    const snake = name.replaceAll("-", "_");
    const variable = variables.unique(`batch_${snake}`, (number) => `batch_${snake}_${number}`);
    const args = [
      `name=${literal(batch.name)}`,
      ...(batch.metadata === undefined ? [] : [`metadata=${literal(batch.metadata, "    ")}`]),
    ];
    lines.push(`${variable} = ${callText("Batch", name, args)}`);
    place = `${variable}.batch_id`;
  }
  if (items !== undefined || manifest !== undefined) {
    const listed =
      manifest === undefined
        ? `items=${literal(withSnakeFields(items), "    ")}`
        : `manifest=${literal(manifest)}`;
    const args = [...(place === undefined ? [] : [`batch_id=${place}`]), listed];
    lines.push(callText("WorkItemSet", name, args));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function callText(kind: string, name: string, args: readonly string[]): string {
  const all = [literal(name), ...args, "project_id=project_id", "adopt=True"];
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

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A JSON value as Python source. Text from others appears only inside strings, and cannot end one. */
function literal(value: unknown, indent = ""): string {
  if (value === null) {
    return "None";
  }
  if (typeof value === "boolean") {
    return value ? "True" : "False";
  }
  if (typeof value !== "object") {
    // Strings of JSON are strings of Python.
    return JSON.stringify(value);
  }
  const inner = `${indent}    `;
  const parts = Array.isArray(value)
    ? value.map((each) => literal(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const line = open + parts.join(", ") + close;
  return line.length + indent.length <= longestLine && !line.includes("\n")
    ? line
    : `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}

const longestLine = 90;
