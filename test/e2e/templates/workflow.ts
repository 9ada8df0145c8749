import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../scripts/paths.ts";
import { type Answer, type Call, Checkout } from "./support.ts";

type Environment = Record<string, string | number>;

interface Step {
  id?: string;
  name?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Environment;
  run?: string;
}

interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  env: Environment;
  steps: Step[];
}

export interface Workflow {
  text: string;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency: { group: string };
  jobs: Record<string, Job>;
}

const workflowFolder = join(projectRoot, "examples", "github", "workflows");

export function readWorkflow(name: string): Workflow {
  const text = readFileSync(join(workflowFolder, `${name}.yml`), "utf8");
  return { ...(parse(text) as Omit<Workflow, "text">), text };
}

/** What GitHub puts into `${{ }}` here, where a step does not. */
const context: Readonly<Record<string, string>> = {
  "github.token": "token-of-the-job",
  "github.event.pull_request.number": "7",
  "github.event.pull_request.head.sha": "0123abc",
  "vars.LABELING_STACK": "acme/signs/prod",
  "vars.PULUMI_BACKEND_URL": "s3://state",
  "secrets.AIDP_API_KEY": "secret",
  "secrets.PULUMI_ACCESS_TOKEN": "secret",
  "secrets.PULUMI_CONFIG_PASSPHRASE": "secret",
};

export interface Outcome {
  /** The name of the step that failed, if one did. */
  failed: string | undefined;
  calls: Call[];
  summary: string;
  output: string;
}

/** Runs the shell steps of a job one after the other, as GitHub does, until one fails. */
export function runJob(workflow: Workflow, job: string, answers: Answer[]): Outcome {
  const { env = {}, steps } = workflow.jobs[job]!;
  const checkout = new Checkout("github", ".github", answers);
  const machine = {
    GITHUB_WORKSPACE: checkout.folder,
    GITHUB_OUTPUT: join(checkout.folder, "output"),
    GITHUB_STEP_SUMMARY: join(checkout.folder, "summary"),
    GITHUB_REPOSITORY: "acme/signs",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_RUN_ID: "99",
    GITHUB_SHA: "0123abc",
  };
  const known: Record<string, string> = { ...context };
  let failed: string | undefined;
  let output = "";
  try {
    for (const step of steps) {
      if (step.run === undefined) {
        continue;
      }
      const own = Object.entries({ ...env, ...step.env }).map(([name, value]) => [
        name,
        filled(String(value), known),
      ]);
      const result = checkout.run(step.run, { ...machine, ...Object.fromEntries(own) });
      output += result.output;
      if (result.code !== 0) {
        failed = step.name ?? step.run;
        break;
      }
      for (const [, name, value] of checkout.read("output").matchAll(/^(\w+)=(.*)$/gm)) {
        known[`steps.${step.id}.outputs.${name}`] ??= value!;
      }
    }
    return { failed, calls: checkout.calls, summary: checkout.read("summary"), output };
  } finally {
    checkout.remove();
  }
}

function filled(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const value = known[expression];
    if (value === undefined) {
      throw new Error(`Nothing is known of ${expression}.`);
    }
    return value;
  });
}
