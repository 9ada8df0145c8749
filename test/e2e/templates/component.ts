import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../../scripts/paths.ts";

export type Inputs = Readonly<Record<string, string | boolean>>;

interface Job {
  extends?: string;
  rules: { if: string; when?: string }[];
  environment?: string;
  resource_group?: string;
  variables?: Record<string, string>;
  before_script?: string[];
  script?: string[];
}

export const componentText = readFileSync(join(projectRoot, "templates", "labeling.yml"), "utf8");

const [header, jobs] = parseAllDocuments(componentText).map((document): unknown => {
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw problem;
  }
  return document.toJS();
});

interface Input {
  description: string;
  type?: string;
  default?: string | boolean;
}

export const componentInputs = (header as { spec: { inputs: Record<string, Input> } }).spec.inputs;

/** The jobs of the component with these inputs, as GitLab puts them in; without any, the jobs as they are written. */
export function readComponent(given?: Inputs): Record<string, Job> {
  return (given === undefined ? jobs : interpolated(jobs, valuesOf(given))) as Record<string, Job>;
}

function valuesOf(given: Inputs): Map<string, string | boolean> {
  const unknown = Object.keys(given).filter((name) => !(name in componentInputs));
  if (unknown.length > 0) {
    throw new Error(`unknown input arguments: ${unknown.join(", ")}`);
  }
  const values = Object.entries(componentInputs).map(
    ([name, { type = "string", default: byDefault }]): [string, string | boolean] => {
      const value = given[name] ?? byDefault;
      if (value === undefined || typeof value !== type) {
        throw new Error(`${name} must be a ${type}, got ${value}`);
      }
      return [name, value];
    },
  );
  return new Map(values);
}

/** GitLab replaces inputs in names and in texts, after it has read the YAML. */
function interpolated(value: unknown, values: ReadonlyMap<string, string | boolean>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name) => String(values.get(name)));
  }
  if (Array.isArray(value)) {
    return value.map((each) => interpolated(each, values));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map((entry) => interpolated(entry, values));
    return Object.fromEntries(entries as [string, unknown][]);
  }
  return value;
}
