/**
 * Finds a Pulumi engine. It tries the one on the PATH, then the one in the cache of the npm package `pulumi`, then that
 * package's download, and last builds one from Go modules into the same cache.
 */
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { buildEngine, goNeeded, goObstacle } from "./engine/build.ts";
import { cacheRoot, pinnedVersion } from "./engine/cache.ts";
import { downloadEngine } from "./engine/download.ts";
import { engineOnPath, isComplete } from "./engine/installed.ts";
import { withLock } from "./engine/lock.ts";
import { staged } from "./engine/staging.ts";
import { Failure, runMain } from "./main.ts";

export interface FindEngineOptions {
  /** The environment to search. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Gets a line about each step. Default: writes it to stderr. */
  log?: (line: string) => void;
  /** Downloads an engine into the folder `bin` of a folder. Default: as the npm package does. */
  download?: typeof downloadEngine;
  /** Builds an engine into the folder `bin` of a folder. Default: from Go modules. */
  build?: typeof buildEngine;
}

/**
 * The folder that holds an executable `pulumi`. Its plugins for Node.js are in the same folder or on the PATH: run it
 * with {@link engineEnv}.
 */
export async function findEngine(options: FindEngineOptions = {}): Promise<string> {
  const { env = process.env, log = (line: string) => console.error(line) } = options;
  const version = pinnedVersion();

  const own = engineOnPath(env, version, log);
  if (own !== undefined) {
    return own;
  }

  const root = cacheRoot(version, env);
  const bin = join(root, "bin");
  if (isComplete(bin)) {
    return bin;
  }

  mkdirSync(dirname(root), { recursive: true });
  const waiting = () => log("Another process is setting up the Pulumi engine: waiting for it.");
  await withLock(`${root}.lock`, waiting, async () => {
    if (!isComplete(bin)) {
      await installEngine(version, root, { ...options, env, log });
    }
  });
  return bin;
}

async function installEngine(
  version: string,
  root: string,
  options: FindEngineOptions & Required<Pick<FindEngineOptions, "env" | "log">>,
): Promise<void> {
  const { env, log, download = downloadEngine, build = buildEngine } = options;

  log(`Downloading the Pulumi engine ${version}, once per machine.`);
  const failure = await staged(root, (folder) => download(version, folder, env)).then(
    () => undefined,
    (error: unknown) => describe(error),
  );
  if (failure === undefined) {
    return;
  }

  const obstacle = goObstacle(env);
  if (obstacle !== undefined) {
    throw new Failure(
      `No Pulumi engine: its download failed (${failure}) and ${obstacle}; ` +
        `install Pulumi ${version} or a newer 3.x, or Go ${goNeeded()} or newer, and run this again.`,
    );
  }
  log(`The download failed (${failure}).`);
  log("Building the Pulumi engine from Go modules, once per machine: about 5 minutes on 2 cores.");
  await staged(root, (folder) => build(version, folder, env, log));
}

/** What went wrong, in one line. `fetch` puts the useful part into the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  const text = cause instanceof Error && cause.message !== "" ? cause.message : error.message;
  return text.split("\n", 1).join("");
}

/** The environment in which the engine finds its plugins, and runs programs with this same Node. */
export function engineEnv(folder: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...env,
    PATH: [dirname(process.execPath), folder, env.PATH ?? ""].join(delimiter),
  };
}

await runMain(import.meta, async () => {
  console.log(await findEngine());
  return 0;
});
