import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processesIn } from "../harness/processes.ts";
import { pulumiYaml, UserProject } from "../harness/user-project.ts";
import { readProperties } from "../provider/pulumi/properties.ts";
import { pluginFolder } from "../scripts/build-plugin.ts";
import { compileCache, projectRoot } from "../scripts/paths.ts";
import { type Declaration, manners, setNames } from "./declaration.ts";
import type { ChaosPlatform } from "./platform.ts";
import type { ChaosStack, Outcome, Place, Update } from "./stack.ts";

const projectFiles = {
  "Pulumi.yaml": `${pulumiYaml}plugins:\n  providers:\n    - { name: aidp, path: ${pluginFolder} }\n`,
  "package.json": JSON.stringify({ type: "module", main: "program.mjs" }),
  "program.mjs": readFileSync(join(projectRoot, "chaos", "program.mjs"), "utf8"),
};

/** Words in the command lines of the processes that can be killed. */
const processes = {
  provider: ["dynamic-provider", "pulumi-resource-aidp"],
  engine: ["pulumi\0up"],
} as const;

/** A provider at work ends with its engine long before this time has passed. */
const idleMs = 15_000;

/** A stack on a real engine that keeps its state in a folder. */
export class EngineStack implements ChaosStack {
  readonly #project = UserProject.linked(projectFiles);
  readonly #platform: ChaosPlatform;
  readonly #place: Place;
  #isUpdating = false;
  #isInterrupted = false;
  #updates = 0;

  private constructor(platform: ChaosPlatform, place: Place) {
    this.#platform = platform;
    this.#place = place;
  }

  static async create(platform: ChaosPlatform, place: Place): Promise<EngineStack> {
    const stack = new EngineStack(platform, place);
    const { code, stderr } = await stack.#pulumi("stack", "init", place.stack);
    if (code !== 0) {
      throw new Error(stderr);
    }
    return stack;
  }

  async up(declaration: Declaration, { refresh, replace }: Update): Promise<Outcome> {
    for (const [name, content] of declaration.contents) {
      this.#project.write(join("files", name), content);
    }
    // Two updates each way, so that what one way left undone is taken up by both.
    const isPlugin = this.#updates % 4 < 2;
    const declared = { isPlugin, ...declaredBy(declaration, this.#place.batchId) };
    this.#project.write("declared.json", JSON.stringify(declared));
    const before = this.#read(this.#stateFile);
    this.#isInterrupted = false;
    this.#isUpdating = true;
    const targets = replace.flatMap((name) => ["--replace", `**::${name}`]);
    this.#updates += 1;
    const options = ["--yes", "--skip-preview", `--refresh=${refresh}`, ...targets];
    const { code, stdout, stderr } = await this.#pulumi("up", ...options);
    this.#isUpdating = false;
    this.#freeDisk();
    if (this.#isInterrupted) {
      // A provider that outlived its engine would go on working.
      while (this.#processes("provider").length > 0) {
        await delay(5);
      }
      this.#restoreState(before);
      await this.#pulumi("cancel", "--yes");
    }
    return {
      how: code === 0 ? "done" : this.#isInterrupted ? "interrupted" : "failed",
      message: `${stdout}${stderr}`,
    };
  }

  kill(whom: "provider" | "engine"): void {
    const providers = this.#processes("provider");
    const doomed = this.#processes(whom);
    this.#isInterrupted ||= doomed.length > 0;
    killAll(doomed);
    // A provider that was not asked anything yet knows of no engine: it would wait, and hold the engine's output open.
    setTimeout(() => {
      killAll(this.#processes("provider").filter((pid) => providers.includes(pid)));
    }, idleMs).unref();
  }

  #processes(whom: "provider" | "engine"): number[] {
    return processes[whom].flatMap((word) => processesIn(this.#project.folder, word));
  }

  #pulumi(...args: string[]): ReturnType<UserProject["run"]> {
    const all = [...args, "--non-interactive"];
    const environment = {
      NODE_COMPILE_CACHE: compileCache,
      // Sets are packed in two updates of three, so that they go from either form to either form.
      AIDP_ENTRIES_SHOWN: this.#updates % 3 === 0 ? "2000" : "0",
    };
    return this.#project.run(this.#platform.emulator, "pulumi", all, environment);
  }

  /**
   * Puts a file where the folder of the states was, which stops even root from writing. The planned moment may come
   * from the other stack, so this does nothing unless this stack is being updated.
   */
  fillDisk(): void {
    const { states, away } = this.#folders;
    if (!this.#isUpdating || !existsSync(states)) {
      return;
    }
    this.#isInterrupted = true;
    renameSync(states, away);
    this.#project.write("state/.pulumi/stacks/labeling", "");
  }

  #freeDisk(): void {
    const { states, away } = this.#folders;
    if (!existsSync(away)) {
      return;
    }
    rmSync(states);
    renameSync(away, states);
  }

  get #folders(): { states: string; away: string } {
    const folder = join(this.#project.folder, "state", ".pulumi", "stacks");
    return { states: join(folder, "labeling"), away: join(folder, "away") };
  }

  incarnations(): string[] {
    return this.#resources().map(({ outputs }) => String(outputs?.incarnation));
  }

  get #stateFile(): string {
    return `state/.pulumi/stacks/labeling/${this.#place.stack}.json`;
  }

  /**
   * An engine that is killed while it writes the state leaves half a file: a user takes the copy that Pulumi keeps, or
   * what was there before the update, if the engine was killed while it made the copy.
   */
  #restoreState(before: string | undefined): void {
    const texts = [this.#read(this.#stateFile), this.#read(`${this.#stateFile}.bak`), before];
    const whole = texts.find((text) => text !== undefined && isJson(text));
    if (whole !== undefined && whole !== texts[0]) {
      this.#project.write(this.#stateFile, whole);
    }
  }

  #read(file: string): string | undefined {
    return existsSync(join(this.#project.folder, file)) ? this.#project.read(file) : undefined;
  }

  #resources(): { urn: string; outputs?: Record<string, unknown> }[] {
    const { checkpoint } = JSON.parse(this.#project.read(this.#stateFile));
    return checkpoint.latest?.resources ?? [];
  }

  ids(): Map<string, string> {
    return new Map(
      this.#resources().flatMap(({ urn, outputs = {} }): [string, string][] => {
        // Both ways mark their items with the name that a dynamic resource has.
        const name = urn.replace("::aidp:index:", "::pulumi-nodejs:dynamic/aidp:");
        const { workItemId } = outputs;
        if (typeof workItemId === "string") {
          return [[name, workItemId]];
        }
        const { ids = {} } = readProperties(outputs, ["ids"]) as { ids?: Record<string, string> };
        return Object.entries(ids).map(([key, id]) => [`${name}#${key}`, id]);
      }),
    );
  }

  remove(): void {
    // The language host of an engine that was killed goes on for good.
    killAll(processesIn(this.#project.folder, ""));
    this.#project.remove();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }
}

/** What the program reads of a declaration. */
function declaredBy(declaration: Declaration, sharedBatchId: string | undefined): object {
  const sets = setNames.flatMap((name) => {
    const items = Object.fromEntries(declaration.itemsOf(name));
    return Object.keys(items).length > 0 ? [[name, { ...manners[name], items }] as const] : [];
  });
  const workItems = (["sign-0", "sign-1"] as const).flatMap((name) =>
    declaration.itemsOf(name).map(([, item]) => [name, { ...manners[name], ...item }] as const),
  );
  const { batchMetadata } = declaration;
  return {
    sharedBatchId,
    batchMetadata,
    sets: Object.fromEntries(sets),
    workItems: Object.fromEntries(workItems),
  };
}
