/** Builds actionlint from Go modules, once per machine. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "../../scripts/engine/lock.ts";

const version = "1.7.12";
const run = promisify(execFile);

/** Where the command is; builds it, unless an earlier test did. Nothing, where Go is not installed. */
export async function findActionlint(
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const cache = join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "aidp-test");
  const command = join(cache, `actionlint-${version}`);
  mkdirSync(cache, { recursive: true });
  await withLock(
    `${command}.lock`,
    () => {},
    async () => {
      if (!existsSync(command)) {
        await build(command, env);
      }
    },
  );
  return existsSync(command) ? command : undefined;
}

/** Builds beside `command` and moves at once: what is killed half-way leaves nothing in its place. */
async function build(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const partial = `${command}.partial`;
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
  try {
    await run(
      "go",
      ["build", ...flags, "-o", partial, "github.com/rhysd/actionlint/cmd/actionlint"],
      {
        cwd: join(import.meta.dirname, "actionlint"),
        // Neither a C compiler nor a workspace that the project happens to lie in takes part.
        env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
      },
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return;
    }
    throw error;
  }
  renameSync(partial, command);
}
