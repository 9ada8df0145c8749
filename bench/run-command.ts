import { spawn } from "node:child_process";
import { Failure } from "../scripts/main.ts";
import { type Roles, type Usage, Watch } from "./processes.ts";

export interface Command {
  file: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Outcome {
  seconds: number;
  code: number | null;
  /** Whether it was ended because it took longer than the limit. */
  overtime: boolean;
  output: string;
  usage: Record<string, Usage>;
}

const patienceMs = 15_000;

/** Runs a command in a session of its own, with a time limit. Nothing of the session outlives it. */
export async function runCommand(
  { file, args, cwd, env }: Command,
  roles: Roles,
  limitSeconds: number,
): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const watch = child.pid === undefined ? undefined : new Watch(child.pid);

  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }

  let overtime = false;
  let patience: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    overtime = true;
    // Sent once, it asks a command to stop in order.
    child.kill("SIGINT");
    patience = setTimeout(() => watch?.kill("SIGKILL"), patienceMs);
  }, limitSeconds * 1000);

  let seconds = 0;
  let interrupted = false;
  // Ctrl-C does not reach another session.
  const interrupt = () => {
    interrupted = true;
    child.kill("SIGKILL");
    watch?.kill("SIGKILL");
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => {
        seconds = (performance.now() - started) / 1000;
      });
      // Only now is all of its output here.
      child.once("close", resolve);
    });
    if (interrupted) {
      throw new Failure("Interrupted.");
    }
    return { seconds, code, overtime, output, usage: watch?.usage(roles) ?? {} };
  } finally {
    clearTimeout(limit);
    clearTimeout(patience);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    watch?.stop();
    watch?.kill("SIGKILL");
  }
}
