/** What the contenders on Pulumi share: a program of `bench/programs`, run by the real CLI. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineEnv, findEngine } from "../../scripts/engine.ts";
import { linkModules } from "../../scripts/link-modules.ts";
import type { Roles } from "../processes.ts";
import type { Ready, Step, Task } from "./contender.ts";

const project = "bench";
const stack = "items";

/** What differs from a program in TypeScript. */
interface Others {
  /** The options of up and preview. */
  options?: readonly string[];
  /** The text of `Pulumi.yaml`. */
  projectFile?: string;
  /** The options of a preview in which one item is different. */
  changed?: readonly string[];
}

/** A project folder as a user has it, with a file backend and a Pulumi home of its own. */
export async function pulumiProgram(
  program: string,
  { items, concurrency, folder, environment }: Task,
  { options = [], projectFile = projectFileOf(program), changed = [] }: Others = {},
): Promise<Ready> {
  const engine = await findEngine();
  cpSync(join(import.meta.dirname, "..", "programs"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "Pulumi.yaml"), projectFile);
  linkModules(folder);

  const env: NodeJS.ProcessEnv = {
    ...pulumiEnvironment(engine, folder),
    ...environment,
    AIDP_CONCURRENCY: String(concurrency),
    BENCH_ITEMS: String(items),
  };
  const command = join(engine, "pulumi");
  execFileSync(command, ["stack", "init", stack, "--non-interactive"], {
    cwd: folder,
    env,
    stdio: "pipe",
  });

  const step = (args: string[], more: Partial<Step> = {}): Step => ({
    file: command,
    args: [...args, "--non-interactive", "--color=never", `--parallel=${concurrency}`],
    cwd: folder,
    env,
    ...more,
  });
  const update = ["--yes", "--skip-preview"];
  return {
    steps: {
      create: step(["up", ...update, ...options]),
      preview: step(["preview", "--expect-no-changes", ...options]),
      "preview of one change": step(["preview", ...options, ...changed], {
        env: { ...env, BENCH_CHANGED: "1" },
        isRight: (code, output) => code === 0 && /~ 1 to update\n\s+\d+ unchanged/.test(output),
      }),
      refresh: step(["refresh", ...update]),
      destroy: step(["destroy", ...update]),
    },
    stateFile: join(stateFolder(folder, project), `${stack}.json`),
    roles,
  };
}

/** The processes of the CLI. */
export const roles: Roles = {
  provider: /dynamic-provider|pulumi-resource-aidp/,
  policies: /^\S*node \S*policy\/main\.mjs/,
  program: /pulumi\/cmd\/run|pulumi-language-nodejs/,
  engine: /\bpulumi (up|preview|refresh|destroy) /,
};

/** Makes a file backend in the folder; a user's own login and settings take no part. */
export function pulumiEnvironment(engine: string, folder: string): NodeJS.ProcessEnv {
  const state = join(folder, "state");
  mkdirSync(state);
  return {
    ...withoutOwnSettings(engineEnv(engine)),
    XDG_CACHE_HOME: join(folder, "cache"),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

/** Where the file backend of a folder keeps the states of a project's stacks. */
export function stateFolder(folder: string, project: string): string {
  return join(folder, "state", ".pulumi", "stacks", project);
}

/** JSON is YAML. */
function projectFileOf(program: string): string {
  return JSON.stringify({
    name: project,
    runtime: { name: "nodejs", options: { typescript: false } },
    main: program,
  });
}

function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(PULUMI|AIDP)_/.test(name));
  return Object.fromEntries(others);
}
