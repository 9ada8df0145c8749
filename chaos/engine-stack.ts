import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as aidp from "pulumi-ai-data-platform";
import { processesIn } from "../test/support/processes.ts";
import { environmentOf, TestStack } from "../test/support/stack.ts";
import { type Declaration, manners, setNames } from "./declaration.ts";
import type { ChaosPlatform } from "./platform.ts";
import type { ChaosStack, Outcome, Place, Update } from "./stack.ts";

/** The words in the command lines of what can be killed. */
const processes = { provider: "dynamic-provider", engine: "pulumi\0up" } as const;

/** A provider at work ends with its engine long before that. */
const idleMs = 15_000;

/** The update before: programs run in this process, where several whose engines are killed were seen to hang. */
let last: Promise<unknown> = Promise.resolve();

/** A stack on a real engine, with its state in a folder. */
export class EngineStack implements ChaosStack {
  readonly #stack: TestStack;
  readonly #place: Place;
  #isInterrupted = false;

  private constructor(stack: TestStack, place: Place) {
    this.#stack = stack;
    this.#place = place;
  }

  static async create(platform: ChaosPlatform, place: Place): Promise<EngineStack> {
    const stack = await TestStack.create(environmentOf(platform.emulator), place.stack);
    mkdirSync(join(stack.folder, "files"));
    return new EngineStack(stack, place);
  }

  up(declaration: Declaration, update: Update): Promise<Outcome> {
    const outcome = last.then(() => this.#up(declaration, update));
    last = outcome.catch(() => {});
    return outcome;
  }

  async #up(declaration: Declaration, { refresh }: Update): Promise<Outcome> {
    for (const [name, content] of declaration.contents) {
      writeFileSync(join(this.#stack.folder, "files", name), content);
    }
    this.#isInterrupted = false;
    let outcome: Outcome = { how: "done", message: "" };
    try {
      await this.#stack.up(programOf(declaration, this.#place.batchId), { refresh });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      outcome = { how: this.#isInterrupted ? "interrupted" : "failed", message };
    }
    this.#freeDisk();
    if (this.#isInterrupted) {
      // A provider that outlived its engine would go on.
      while (processesIn(this.#stack.folder, processes.provider).length > 0) await delay(5);
      await this.#stack.cancel();
    }
    return outcome;
  }

  kill(whom: "provider" | "engine"): void {
    const providers = this.#processes("provider");
    for (const pid of this.#processes(whom)) {
      this.#isInterrupted = true;
      process.kill(pid, "SIGKILL");
    }
    // A provider that was not asked anything yet knows of no engine: it would wait, and hold the engine's output open.
    setTimeout(() => {
      const left = this.#processes("provider").filter((pid) => providers.includes(pid));
      for (const pid of left) process.kill(pid, "SIGKILL");
    }, idleMs).unref();
  }

  #processes(whom: "provider" | "engine"): number[] {
    return processesIn(this.#stack.folder, processes[whom]);
  }

  /** A file stands where the folder of the states was: root is stopped by that, too. */
  fillDisk(): void {
    const { states, away } = this.#folders;
    if (!existsSync(states)) return;
    this.#isInterrupted = true;
    renameSync(states, away);
    writeFileSync(states, "");
  }

  #freeDisk(): void {
    const { states, away } = this.#folders;
    if (!existsSync(away)) return;
    rmSync(states);
    renameSync(away, states);
  }

  get #folders(): { states: string; away: string } {
    const folder = join(this.#stack.folder, "state", ".pulumi", "stacks");
    return { states: join(folder, "labeling"), away: join(folder, "away") };
  }

  ids(): Map<string, string> {
    return new Map(
      this.#stack.resources().flatMap(({ urn, outputs }): [string, string][] => {
        const { workItemId, ids } = outputs;
        if (typeof workItemId === "string") return [[urn, workItemId]];
        const byKey = typeof ids === "string" ? JSON.parse(ids) : {};
        return Object.entries<string>(byKey).map(([key, id]) => [`${urn}#${key}`, id]);
      }),
    );
  }

  remove(): void {
    this.#stack.remove();
  }
}

/** The program that a declaration stands for. */
function programOf(declaration: Declaration, shared: string | undefined): () => Promise<void> {
  return async () => {
    const { paths } = new aidp.UploadSet("pictures", { folder: "files" });
    const metadata = declaration.batchMetadata;
    const batchId =
      shared ?? new aidp.Batch("batch", { name: "own", adopt: true, metadata }).batchId;
    for (const name of setNames) {
      const items = Object.fromEntries(declaration.itemsOf(name));
      if (Object.keys(items).length > 0) {
        new aidp.WorkItemSet(name, { ...manners[name], batchId, uploads: paths, items });
      }
    }
    for (const name of ["sign-0", "sign-1"] as const) {
      for (const [, { assetUrl = "", ...item }] of declaration.itemsOf(name)) {
        new aidp.WorkItem(name, { ...manners[name], ...item, assetUrl, batchId });
      }
    }
  };
}
