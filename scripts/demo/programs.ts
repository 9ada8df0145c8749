import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { buildPlugin } from "../build-plugin.ts";
import { pinnedVersion } from "../engine/cache.ts";
import { ensureHost } from "../engine/hosts.ts";
import { Failure } from "../main.ts";
import { projectRoot } from "../paths.ts";
import { makeSdks, makeWheel } from "../sdks.ts";

/** A program that the demo can run. */
export interface Program {
  /** The folder of its `Pulumi.yaml`. */
  folder: string;
  /** The name of its stack. */
  stack: string;
  /** How to give people two days, in the words of its configuration. */
  twoDays: string;
  /** Makes what it needs, and returns the environment in which it runs. */
  prepare(engine: string, demoFolder: string): Promise<NodeJS.ProcessEnv>;
}

/** The programs by language. */
export const programs: Readonly<Record<string, Program>> = {
  typescript: {
    folder: projectRoot,
    stack: "demo",
    twoDays: "dueInDays 2",
    prepare: async () => ({}),
  },
  yaml: {
    folder: join(projectRoot, "examples", "yaml"),
    stack: "yaml",
    twoDays: "dueInSeconds 172800",
    prepare: async (engine) => {
      await buildPlugin();
      await ensureHost("yaml", engine);
      return {};
    },
  },
  python: {
    folder: join(projectRoot, "examples", "python"),
    stack: "python",
    twoDays: "dueInDays 2",
    prepare: async (engine, demoFolder) => {
      await buildPlugin();
      await ensureHost("python", engine);
      const bin = await preparePython(join(demoFolder, "python"));
      // The language host takes the first Python on the path.
      return { PATH: [bin, process.env.PATH].join(delimiter) };
    },
  },
};

/** Makes a virtual environment with the SDKs, and returns the folder of its commands. */
export async function preparePython(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ["ignore", process.stderr, process.stderr] });
  await makeSdks();
  const wheel = makeWheel();
  const pip = (...args: string[]) => run(join(bin, "pip"), "install", "--quiet", ...args);
  if (existsSync(bin)) {
    // Its version is the same, whatever has changed in it.
    pip("--force-reinstall", "--no-deps", wheel);
  } else {
    try {
      run("python3", "-m", "venv", folder);
    } catch {
      throw new Failure("The demo in Python needs python3 with venv on the PATH.");
    }
    pip(`pulumi==${pinnedVersion()}`, wheel);
  }
  return bin;
}
