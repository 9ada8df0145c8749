import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../scripts/paths.ts";
import { evaluate, filled, type Known } from "./expressions.ts";
import { type Answer, type Call, Checkout } from "./support.ts";

interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
  run?: string;
  shell?: string;
  "working-directory"?: string;
  "continue-on-error"?: boolean;
}

interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: Step[];
}

export interface Workflow {
  text: string;
  on: unknown;
  permissions: Record<string, string>;
  concurrency: { group: string };
  jobs: Record<string, Job>;
}

export interface Action {
  text: string;
  inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

/** How the workflows name the action of this repository. */
export const actionName = "labeling-as-code/pulumi-ai-data-platform@v1";

function read<T>(file: string): T & { text: string } {
  const text = readFileSync(join(projectRoot, file), "utf8");
  return { ...(parse(text) as T), text };
}

export const readWorkflow = (name: string) =>
  read<Workflow>(join("examples", "github", "workflows", `${name}.yml`));

export const action = read<Action>("action.yml");

/** What GitHub puts into `${{ }}` here, where a step does not. */
const context: Known = {
  "github.token": "token-of-the-job",
  "github.repository": "acme/signs",
  "vars.LABELING_STACK": "acme/signs/prod",
  "vars.PULUMI_BACKEND_URL": "s3://state",
  "secrets.AIDP_API_KEY": "secret",
  "secrets.PULUMI_ACCESS_TOKEN": "secret",
  "secrets.PULUMI_CONFIG_PASSPHRASE": "secret",
};

export const pageUrl = "https://github.com/acme/signs/actions/runs/99/artifacts/1";

export interface Outcome {
  /** The name of the step that failed, if one did. */
  failed: string | undefined;
  calls: Call[];
  summary: string;
  output: string;
  /** The outputs of the job. */
  outputs: Record<string, string>;
  /** The files that were kept as artifacts, without the folder. */
  artifacts: string[];
}

export interface Situation {
  answers?: Answer[];
  /** What the job gives to the action besides what the workflow says. */
  inputs?: Record<string, string>;
  /** The files of the repository. */
  files?: Record<string, string>;
  /** The variables that earlier steps of the job have set. */
  env?: Record<string, string>;
  event?: string;
  /** Default: main. */
  branch?: string;
  /** Whether the service takes artifacts. */
  takesArtifacts?: boolean;
}

/** Runs the steps of a job one after the other, as GitHub does, until one fails; those of the action as its own. */
export function runJob(workflow: Workflow, job: string, situation: Situation = {}): Outcome {
  const { steps, outputs = {} } = workflow.jobs[job]!;
  const run = new Run(situation, "pull_request" in asRecord(workflow.on));
  try {
    const known = run.steps(steps, run.known);
    return {
      failed: run.failed,
      calls: run.checkout.calls,
      summary: run.checkout.read("summary"),
      output: run.output,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, filled(value, known)]),
      ),
      artifacts: run.artifacts,
    };
  } finally {
    run.checkout.remove();
  }
}

class Run {
  readonly checkout: Checkout;
  readonly known: Known;
  readonly artifacts: string[] = [];
  failed: string | undefined;
  output = "";
  readonly #situation: Situation;
  #count = 0;

  constructor(situation: Situation, isPullRequest: boolean) {
    const { answers = [], files = {}, env = {} } = situation;
    this.#situation = situation;
    this.checkout = new Checkout(answers, files);
    mkdirSync(join(this.checkout.folder, "temp"));
    this.known = {
      ...context,
      "github.event.pull_request.number": isPullRequest ? "7" : "",
      "github.event.pull_request.head.sha": isPullRequest ? "0123abc" : "",
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env.${name}`, value])),
    };
  }

  /** Runs steps that see these names, and answers with those that they see at the end. */
  steps(steps: readonly Step[], outer: Known): Known {
    const known: Known = { ...outer };
    for (const { id } of steps) {
      known[`steps.${id}`] = "";
    }
    for (const step of steps) {
      if (step.if !== undefined && !evaluate(step.if, known)) {
        continue;
      }
      const outputs = this.#step(step, known);
      for (const [name, value] of Object.entries(outputs)) {
        known[`steps.${step.id}.outputs.${name}`] = value;
      }
      if (this.failed !== undefined) {
        break;
      }
    }
    return known;
  }

  #step(step: Step, known: Known): Record<string, string> {
    const given = Object.entries(step.with ?? {}).map(([name, value]) => [
      name,
      filled(String(value), known),
    ]);
    if (step.uses === actionName) {
      return this.#action(Object.fromEntries(given));
    }
    if (step.uses?.startsWith("actions/upload-artifact@")) {
      return this.#keep(step, Object.fromEntries(given).path);
    }
    return step.run === undefined ? {} : this.#script(step, known);
  }

  #action(given: Record<string, string>): Record<string, string> {
    const inputs = { ...given, ...this.#situation.inputs };
    const known: Known = { ...this.known };
    for (const [name, input] of Object.entries(action.inputs)) {
      known[`inputs.${name}`] = inputs[name] ?? input.default ?? "";
    }
    const after = this.steps(action.runs.steps, known);
    const outputs = Object.entries(action.outputs);
    return Object.fromEntries(outputs.map(([name, { value }]) => [name, filled(value, after)]));
  }

  #keep(step: Step, path: string | undefined): Record<string, string> {
    if (this.#situation.takesArtifacts === false) {
      this.failed = step["continue-on-error"] === true ? undefined : (step.name ?? step.uses);
      return {};
    }
    if (path === undefined || path === "" || !existsSync(path)) {
      return {};
    }
    this.artifacts.push(path.replace(/.*\//, ""));
    return { "artifact-url": pageUrl };
  }

  #script(step: Step, known: Known): Record<string, string> {
    const { folder } = this.checkout;
    this.#count += 1;
    const outputs = `output-${this.#count}`;
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [
      name,
      filled(String(value), known),
    ]);
    const place = filled(step["working-directory"] ?? ".", known);
    const result = this.checkout.run(
      step.run ?? "",
      {
        ...this.#situation.env,
        GITHUB_ACTION_PATH: projectRoot,
        GITHUB_WORKSPACE: folder,
        GITHUB_OUTPUT: join(folder, outputs),
        GITHUB_STEP_SUMMARY: join(folder, "summary"),
        GITHUB_REPOSITORY: "acme/signs",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_RUN_ID: "99",
        GITHUB_EVENT_NAME: this.#situation.event ?? "push",
        GITHUB_REF: `refs/heads/${this.#situation.branch ?? "main"}`,
        GITHUB_REF_NAME: this.#situation.branch ?? "main",
        GITHUB_SHA: "0123abc",
        RUNNER_TEMP: join(folder, "temp"),
        ...Object.fromEntries(own),
      },
      place,
    );
    this.output += result.output;
    if (result.code !== 0 && step["continue-on-error"] !== true) {
      this.failed = step.name ?? step.run;
    }
    const lines = this.checkout.read(outputs).matchAll(/^([\w-]+)=(.*)$/gm);
    return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
  }
}

function asRecord(on: unknown): object {
  return typeof on === "object" && on !== null ? on : { [String(on)]: null };
}
