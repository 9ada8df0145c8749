import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { testEngine } from "../../harness/engine.ts";
import { unpackedValue } from "../../provider/pulumi/packing.ts";
import { isKind, kinds } from "../../provider/pulumi/shim.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { engineEnv } from "../../scripts/engine.ts";
import { linkModules } from "../../scripts/link-modules.ts";

/** A resource as the state file has it. */
export interface StateResource {
  urn: string;
  type: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const execute = promisify(execFile);

type Program = automation.PulumiFn;
type Counts = Partial<Record<automation.OpType, number>>;

/** Policy packs that an operation runs under, and a configuration file for each. */
export type Policies = Pick<automation.UpOptions, "policyPacks" | "policyPackConfigs">;

/** How an update runs: under which policies, what it refreshes, targets and replaces, and whether it goes on after a failure. */
type Update = Policies &
  Pick<
    automation.UpOptions,
    "refresh" | "continueOnError" | "replace" | "target" | "exclude" | "targetDependents"
  >;

/** A stack of a real engine on a file backend, with programs written inside the spec. */
export class TestStack {
  readonly folder: string;
  readonly #stack: automation.Stack;

  private constructor(folder: string, stack: automation.Stack) {
    this.folder = folder;
    this.#stack = stack;
  }

  /** `environment` is what the provider is configured with. */
  static async create(environment: Record<string, string>, name = "test"): Promise<TestStack> {
    const engine = await testEngine();
    const folder = mkdtempSync(join(tmpdir(), "aidp-stack-"));
    const state = join(folder, "state");
    linkModules(folder);
    mkdirSync(state);
    process.env.PATH = engineEnv(engine).PATH ?? "";
    const stack = await automation.LocalWorkspace.createStack(
      { stackName: name, projectName: "labeling", program: async () => {} },
      {
        workDir: folder,
        // Where the program runs, and so what its relative paths start from.
        projectSettings: {
          name: "labeling",
          runtime: "nodejs",
          main: folder,
          plugins: { providers: [{ name: "aidp", path: pluginFolder }] },
        } as automation.ProjectSettings,
        pulumiHome: join(folder, "home"),
        pulumiCommand: await command(),
        envVars: {
          PULUMI_BACKEND_URL: `file://${state}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "1",
          ...environment,
        },
      },
    );
    // What an update's events and the state file tell is not asked of the CLI once more.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    return new TestStack(folder, stack);
  }

  /** Goes without the preview that a person's `pulumi up` begins with. */
  async up(
    program: Program,
    options: Update = {},
  ): Promise<{ changes: Counts; stdout: string; outputs: Record<string, unknown> }> {
    const { counts, onEvent } = counter();
    const { stdout } = await this.#stack.up({ program, onEvent, ...options });
    const [root] = this.#allResources();
    return { stdout, changes: counts, outputs: root?.outputs ?? {} };
  }

  async preview(
    program: Program,
    policies: Policies = {},
  ): Promise<{ changes: Counts; stdout: string; events: automation.EngineEvent[] }> {
    const events: automation.EngineEvent[] = [];
    const onEvent = (event: automation.EngineEvent): void => {
      events.push(event);
    };
    const options = { program, diff: true, onEvent, ...policies };
    const { stdout, changeSummary } = await this.#stack.preview(options);
    return { stdout, events, changes: changeSummary as Counts };
  }

  async refresh(program: Program): Promise<{ changes: Counts; stdout: string }> {
    this.#stack.workspace.program = program;
    const { counts, onEvent } = counter();
    const { stdout } = await this.#stack.refresh({ onEvent });
    return { stdout, changes: counts };
  }

  /** Gives up the lock that a killed update left. */
  cancel(): Promise<void> {
    return this.#stack.cancel();
  }

  /** With a program, that runs, too. */
  async destroy(program?: Program): Promise<{ stdout: string }> {
    if (program === undefined) {
      return await this.#stack.destroy();
    }
    this.#stack.workspace.program = program;
    return await this.#stack.destroy({ runProgram: true });
  }

  /** Renames the stack. */
  async rename(stackName: string): Promise<TestStack> {
    await this.#stack.rename({ stackName });
    const { workspace } = this.#stack;
    const renamed = await automation.Stack.select(stackName, workspace);
    renamed.outputs = this.#stack.outputs;
    renamed.info = this.#stack.info;
    return new TestStack(this.folder, renamed);
  }

  /** Has the CLI do something to the stack that the automation API has no method for. */
  async run(...args: string[]): Promise<string> {
    const env = {
      ...engineEnv(await testEngine()),
      ...this.#stack.workspace.envVars,
      PULUMI_HOME: join(this.folder, "home"),
    };
    const options = { cwd: this.folder, env };
    const { stdout } = await execute("pulumi", [...args, "--stack", this.#stack.name], options);
    return stdout;
  }

  /** What a failing operation says. Fails when the operation does not. */
  async failure(operation: Promise<unknown>): Promise<string> {
    try {
      await operation;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error("the operation succeeded");
  }

  setConfig(key: string, value: string, secret = false): Promise<void> {
    return this.#stack.setConfig(key, { value, secret });
  }

  removeConfig(key: string): Promise<void> {
    return this.#stack.removeConfig(key);
  }

  setEnvironment(environment: Record<string, string>): void {
    Object.assign(this.#stack.workspace.envVars, environment);
  }

  get #stateFile(): string {
    const stacks = join(this.folder, "state", ".pulumi", "stacks");
    return join(stacks, "labeling", `${this.#stack.name}.json`);
  }

  /** The state file, as text. */
  stateText(): string {
    return readFileSync(this.#stateFile, "utf8");
  }

  /** Puts an earlier state in the place of today's. */
  writeState(text: string): void {
    writeFileSync(this.#stateFile, text);
  }

  /** The next spec begins with nothing, whatever is left on the platform. */
  forgetAll(): void {
    const empty = JSON.parse(this.stateText());
    delete empty.checkpoint.latest?.resources;
    this.writeState(JSON.stringify(empty));
  }

  /** The provider's resources in the state file, with packed outputs as if they were small. */
  resources(): StateResource[] {
    return this.#allResources()
      .filter(({ type }) => kinds.some((kind) => isKind(type, kind)))
      .map((resource) => ({ ...resource, outputs: asIfSmall(resource.outputs) }));
  }

  #allResources(): StateResource[] {
    const { checkpoint } = JSON.parse(this.stateText());
    return checkpoint.latest?.resources ?? [];
  }

  resource(name: string): StateResource {
    const found = this.resources().find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) {
      throw new Error(`the state has no resource ${name}`);
    }
    return found;
  }

  exportState(): Promise<automation.Deployment> {
    return this.#stack.exportStack();
  }

  importState(deployment: automation.Deployment): Promise<void> {
    return this.#stack.importStack(deployment);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A small map as the state keeps it: as text for dynamic resources. */
export function keptMap(kept: unknown): Record<string, string> {
  return typeof kept === "string" ? JSON.parse(kept) : (kept as Record<string, string>);
}

/** Some maps are kept as they are if they are small, and the others as text. */
function asIfSmall(outputs: StateResource["outputs"] = {}): StateResource["outputs"] {
  const entries = Object.entries(outputs).map(([name, value]) => {
    const unpacked = unpackedValue(value);
    const isMap = unpacked === value || name === "items" || name === "files";
    return [name, isMap ? unpacked : JSON.stringify(unpacked)];
  });
  return Object.fromEntries(entries);
}

let found: Promise<automation.PulumiCommand> | undefined;

/** The CLI, asked for its version once per process. */
function command(): Promise<automation.PulumiCommand> {
  found ??= automation.PulumiCommand.get();
  return found;
}

/** Takes what an operation's last event says it did. */
function counter(): { counts: Counts; onEvent: (event: automation.EngineEvent) => void } {
  const counts: Counts = {};
  return {
    counts,
    onEvent: ({ summaryEvent }) => Object.assign(counts, summaryEvent?.resourceChanges),
  };
}

/** Whether the engine shows a message of that severity beside a resource, or for the whole update. */
export function diagnostics(events: automation.EngineEvent[], severity: string): string[] {
  return events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === severity ? [diagnosticEvent.message] : [],
  );
}
