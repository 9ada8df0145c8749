/** Machines of a cluster, on this one: each has a name and a process table of its own, as containers have. Linux only. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Failure } from "../../scripts/main.ts";
import { commandOf, fieldsOf, pids } from "../processes.ts";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

const startsWithin = 60_000;

/** A program that runs until it is killed, and no longer than this process. */
export class Service {
  readonly #child: ChildProcess;
  /** What a line of its output said. */
  readonly said: string;

  private constructor(child: ChildProcess, said: string) {
    this.#child = child;
    this.said = said;
  }

  /** Starts it, and waits for the line that says that it is ready. */
  static async start(
    command: readonly string[],
    env: NodeJS.ProcessEnv,
    ready: RegExp,
  ): Promise<Service> {
    const args = ["--pdeathsig", "KILL", ...command];
    const child = spawn("setpriv", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = await saidBy(child, ready);
    return new Service(child, said);
  }

  /** A machine that runs one command. All its processes end with it. */
  static machine(
    name: string,
    command: readonly string[],
    env: NodeJS.ProcessEnv,
    ready: RegExp,
  ): Promise<Service> {
    const spaces = ["--map-root-user", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const shell = ["sh", "-c", 'hostname "$0" && exec "$@"', name, ...command];
    return Service.start(["unshare", ...spaces, ...shell], env, ready);
  }

  /** Like a machine that loses its power. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exit;
    }
  }

  processes(): Process[] {
    return descendantsOf(this.#child.pid ?? 0);
  }
}

async function saidBy(child: ChildProcess, ready: RegExp): Promise<string> {
  let output = "";
  const found = new Promise<string>((resolve, reject) => {
    const patience = setTimeout(() => reject(new Failure(`Not ready: ${output}`)), startsWithin);
    child.once("error", reject);
    child.once("exit", () => reject(new Failure(`It ended: ${output}`)));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) {
        continue;
      }
      // Read to the end, or it would come to wait for us.
      createInterface(stream).on("line", (line) => {
        output = `${output}${line}\n`.slice(-10_000);
        const match = ready.exec(line);
        if (match !== null) {
          clearTimeout(patience);
          resolve(match[1] ?? line);
        }
      });
    }
  });
  try {
    return await found;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** Kills a process and all that it has started. */
export function killTree(pid: number): void {
  for (const each of [pid, ...descendantsOf(pid).map((process) => process.pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function descendantsOf(pid: number): Process[] {
  const all = pids().flatMap((each) => {
    try {
      return [{ pid: each, parent: Number(fieldsOf(each)[4]), command: commandOf(each) }];
    } catch {
      // It ended while it was read.
      return [];
    }
  });
  const below = (parent: number): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid);
}
