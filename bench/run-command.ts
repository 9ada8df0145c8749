import { spawn } from "node:child_process";
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

/** Runs a command in a session of its own, with a time limit. */
export async function runCommand(
  { file, args, cwd, env }: Command,
  roles: Roles,
  limitSeconds: number,
): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const { pid } = child;
  const watch = pid === undefined ? undefined : new Watch(pid);

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
    // Once is a request to stop in order.
    child.kill("SIGINT");
    patience = setTimeout(() => watch?.kill("SIGKILL"), patienceMs);
  }, limitSeconds * 1000);

  const interrupt = () => watch?.kill("SIGKILL");
  process.once("exit", interrupt);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    const seconds = (performance.now() - started) / 1000;
    return { seconds, code, overtime, output, usage: watch?.usage(roles) ?? {} };
  } finally {
    clearTimeout(limit);
    clearTimeout(patience);
    process.off("exit", interrupt);
    watch?.stop();
    watch?.kill("SIGKILL");
  }
}
