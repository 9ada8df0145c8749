import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { compileCache } from "../scripts/paths.ts";
import type { Answer, Begin, Call } from "./calls.ts";

/** The process was killed in the middle of the call, so nobody knows what came of it. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** The error that a lifecycle threw. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly partial: { id: string; state: object } | undefined;

  constructor({ message, partial }: NonNullable<Answer["error"]>) {
    super(message);
    this.partial = partial;
  }
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (reason: Error) => void;
}

/** Processes that were not killed are used again. Each update has a client of its own in them. */
const idle: ProviderProcess[] = [];

/** The process that runs the lifecycles of one update. */
export class ProviderProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #isDead = false;

  static begin(begin: Begin): ProviderProcess {
    const taken = idle.pop() ?? new ProviderProcess();
    taken.#child.send(begin);
    return taken;
  }

  private constructor() {
    this.#child = fork(join(import.meta.dirname, "lifecycles.ts"), {
      execArgv: ["--import", join(import.meta.dirname, "quick-start.mjs")],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child.on("message", ({ id, value, error }: Answer) => {
      const { resolve, reject } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      if (error === undefined) {
        resolve?.(value);
      } else {
        reject?.(new CallFailed(error));
      }
    });
    this.#child.once("exit", () => {
      this.#isDead = true;
      for (const { reject } of this.#waiting.values()) {
        reject(new Killed("killed"));
      }
      this.#waiting.clear();
    });
  }

  call<T>(call: Omit<Call, "id">): Promise<T> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isDead) {
        return reject(new Killed("killed"));
      }
      this.#waiting.set(id, { resolve, reject });
      // If the process ends before it answers, its exit rejects the call.
      this.#child.send({ ...call, id }, () => {});
    }) as Promise<T>;
  }

  kill(): void {
    this.#isDead = true;
    this.#child.kill("SIGKILL");
  }

  /** Returns the process for further use. */
  end(): void {
    if (!this.#isDead) {
      idle.push(this);
    }
  }

  static endAll(): void {
    for (const each of idle.splice(0)) {
      each.kill();
    }
  }
}
