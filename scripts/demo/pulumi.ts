import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { engineEnv } from "../engine.ts";
import { Failure } from "../main.ts";
import type { Emulator } from "./emulator.ts";
import type { Program } from "./programs.ts";

/** How many resources an update created, updated and so on, in the engine's words. */
export type Changes = Record<string, number>;

/** The real Pulumi CLI, with a home, a backend and a stack that belong to the demo alone. */
export class Pulumi {
  readonly #command: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #stackFolder: string;
  readonly #state: string;
  readonly #eventLog: string;

  readonly #program: Program;

  /** `more` is the environment that the program needs. */
  constructor(
    engine: string,
    folder: string,
    emulator: Emulator,
    program: Program,
    more: NodeJS.ProcessEnv,
  ) {
    this.#program = program;
    const state = join(folder, "state");
    mkdirSync(state, { recursive: true });
    this.#state = state;
    this.#command = join(engine, "pulumi");
    this.#stackFolder = join(folder, "stack", program.stack);
    this.#eventLog = join(folder, "events.json");
    this.#env = {
      ...withoutOwnSettings(engineEnv(engine, { ...process.env, ...more })),
      PULUMI_HOME: join(folder, "pulumi-home"),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // Keeps the configuration of the stack out of the project's root.
      PULUMI_OPTION_CONFIG_FILE: join(this.#stackFolder, `Pulumi.${program.stack}.yaml`),
      AIDP_API_KEY: emulator.apiKey,
      AIDP_BASE_URL: emulator.url,
      AIDP_SPACE_ID: emulator.spaceId,
      AIDP_PROJECT_ID: emulator.projectId,
    };
  }

  /** Creates the stack, unless it exists. It runs in a folder of its own because the CLI leaves a file there. */
  async createStack(): Promise<void> {
    const project: { name: string } = parse(
      readFileSync(join(this.#program.folder, "Pulumi.yaml"), "utf8"),
    );
    mkdirSync(this.#stackFolder, { recursive: true });
    const manifest = stringify({ name: project.name, runtime: "nodejs" });
    writeFileSync(join(this.#stackFolder, "Pulumi.yaml"), manifest);

    let output = "";
    const args = ["stack", "select", this.#program.stack, "--create", "--non-interactive"];
    const child = spawn(this.#command, args, { cwd: this.#stackFolder, env: this.#env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    if ((await exitCode(child)) !== 0) {
      throw new Failure(`Pulumi could not create the stack of the demo: ${output.trim()}`);
    }
    await this.#unlock();
  }

  /** Only one demo can hold the emulator, so a lock on the stack is left over from a killed one. */
  async #unlock(): Promise<void> {
    if (globSync(join(this.#state, ".pulumi", "locks", "**", "*.json")).length > 0) {
      const args = ["cancel", "--yes", "--stack", this.#program.stack];
      await exitCode(spawn(this.#command, args, { cwd: this.#stackFolder, env: this.#env }));
    }
  }

  /** Runs a command on the stack in view of the user; returns its exit code. */
  async run(args: string[], more: NodeJS.ProcessEnv = {}): Promise<number> {
    const child = spawn(this.#command, args, {
      cwd: this.#program.folder,
      env: { ...this.#env, PULUMI_STACK: this.#program.stack, ...more },
      stdio: "inherit",
    });
    return await withSignals(child, () => exitCode(child));
  }

  /** Runs an update; returns its exit code and the changes that the engine reports. */
  async update(args: string[]): Promise<{ code: number; changes: Changes | undefined }> {
    rmSync(this.#eventLog, { force: true });
    // This is how the Automation API asks for the event log.
    const more = { PULUMI_DEBUG_COMMANDS: "true", PULUMI_OPTION_EVENT_LOG: this.#eventLog };
    const code = await this.run(args, more);
    return { code, changes: readChanges(this.#eventLog) };
  }
}

/** The user's login, backend and stack are settings as well, and none of them may reach the demo. */
function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(PULUMI|AIDP)_/.test(name));
  return Object.fromEntries(others);
}

function readChanges(eventLog: string): Changes | undefined {
  if (!existsSync(eventLog)) {
    return undefined;
  }
  const events = readFileSync(eventLog, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { summaryEvent?: { isPreview?: boolean; resourceChanges?: Changes } } =>
      JSON.parse(line),
    );
  return events.findLast((event) => event.summaryEvent?.isPreview === false)?.summaryEvent
    ?.resourceChanges;
}

type Child = ReturnType<typeof spawn>;

function exitCode(child: Child): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Leaves stopping to Pulumi, which finishes in order what it has begun. */
async function withSignals<T>(child: Child, work: () => Promise<T>): Promise<T> {
  const forward = (signal: NodeJS.Signals) => {
    // The terminal sends Ctrl-C to Pulumi as well, and a second one would make it stop at once.
    if (signal !== "SIGINT" || !process.stdin.isTTY) {
      child.kill(signal);
    }
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    process.on(signal, forward);
  }
  try {
    return await work();
  } finally {
    for (const signal of signals) {
      process.off(signal, forward);
    }
  }
}
