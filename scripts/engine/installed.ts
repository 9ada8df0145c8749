import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import { compareVersions, major } from "./versions.ts";

/** The plugins that the engine needs to run programs and dynamic resources for Node.js. */
const plugins = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Whether the folder holds a complete engine, including plugins. */
export function isComplete(bin: string): boolean {
  return ["pulumi", ...plugins].every((name) => isExecutable(join(bin, name)));
}

/** The folder of a `pulumi` that the user has on the PATH, if it is suitable. */
export function engineOnPath(
  env: NodeJS.ProcessEnv,
  needed: string,
  log: (line: string) => void,
): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    const file = join(folder, "pulumi");
    if (!isExecutable(file) || isNpmCommand(file)) {
      continue;
    }

    const problem = problemOf(file, folders, env, needed);
    if (problem === undefined) {
      return folder;
    }
    log(`Not using ${file}: ${problem}.`);
  }
  return undefined;
}

/** The npm command of that name is not an engine: it looks for one, and would download it. */
function isNpmCommand(file: string): boolean {
  return realpathSync(file).split(sep).includes("node_modules");
}

function problemOf(
  file: string,
  folders: string[],
  env: NodeJS.ProcessEnv,
  needed: string,
): string | undefined {
  const version = versionOf(file, env);
  if (version === undefined) {
    return '"pulumi version" fails';
  }
  if (major(version) !== major(needed) || compareVersions(version, needed) < 0) {
    return `it is ${version}, ${needed} or a newer 3.x is needed`;
  }

  const places = [dirname(file), dirname(realpathSync(file)), ...folders];
  const missing = plugins.find((name) => !isAmong(places, name));
  return missing === undefined ? undefined : `there is no ${missing} beside it or on the PATH`;
}

function versionOf(file: string, env: NodeJS.ProcessEnv): string | undefined {
  // The CLI writes logs into its home, and this check must not touch the user's.
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  try {
    const output = execFileSync(file, ["version"], {
      encoding: "utf8",
      env: { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
    });
    return /^v?(\d+\.\d+\.\d+)/m.exec(output)?.[1];
  } catch {
    return undefined;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Whether the engine in a folder has a plugin, beside it or on the PATH. */
export function hasPlugin(bin: string, name: string, env: NodeJS.ProcessEnv): boolean {
  return isAmong([bin, ...(env.PATH ?? "").split(delimiter)], name);
}

function isAmong(places: readonly string[], name: string): boolean {
  return places.some((place) => isExecutable(join(place, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const status = statSync(file);
    return status.isFile() && status.size > 0;
  } catch {
    return false;
  }
}
