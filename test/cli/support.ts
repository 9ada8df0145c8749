import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Emulator } from "../../emulator/server.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";

const main = join(projectRoot, "cli", "main.ts");

type Environment = Readonly<Record<string, string>>;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command of the CLI to its end, on an emulator. */
export function run(
  emulator: Emulator,
  ...given: [Environment, ...string[]] | string[]
): Promise<Ended> {
  const [first, ...rest] = given;
  const [others, args] = typeof first === "object" ? [first, rest] : [{}, given];
  return runAlone({ ...environmentOf(emulator), ...others }, ...(args as string[]));
}

/** Runs a command of the CLI to its end, without a platform. */
export function runAlone(environment: Environment, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") {
        resolve({ code, stdout, stderr });
      } else {
        reject(error);
      }
    });
  });
}

/** Starts a command of the CLI on an emulator, and reads what it prints. */
export function start(
  emulator: Emulator,
  ...args: string[]
): { process: ChildProcess; lines<T>(read: (line: string) => T): AsyncGenerator<T> } {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...environmentOf(emulator) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    async *lines(read) {
      for (let next = await printed.next(); !next.done; next = await printed.next()) {
        yield read(next.value);
      }
    },
  };
}
