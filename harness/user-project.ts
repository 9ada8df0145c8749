import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../emulator/server.ts";
import { engineEnv } from "../scripts/engine.ts";
import { linkModules } from "../scripts/link-modules.ts";
import { npmPack } from "../scripts/npm-pack.ts";
import { projectRoot } from "../scripts/paths.ts";
import { environmentOf, testEngine } from "./engine.ts";

const run = promisify(execFile);

/** What Pulumi reads of a project whose program Node.js runs as it is. */
export const pulumiYaml =
  "name: labeling\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";

/** A user's project in a folder of its own, with the library installed as if it were published. */
export class UserProject {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aidp-user-"));

  private constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(join(this.folder, "state"));
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
    }
  }

  /** A project that uses the library as built in this checkout. */
  static linked(files: Readonly<Record<string, string>>): UserProject {
    const project = new UserProject(files);
    linkModules(project.folder);
    return project;
  }

  /**
   * Installs the packed library. `packages` are what the user also installs, at the versions that this project tests
   * with.
   */
  static async create(
    files: Readonly<Record<string, string>>,
    packages: readonly string[],
  ): Promise<UserProject> {
    const project = new UserProject(files);
    const { folder } = project;
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund"];
    await run("npm", [...install, npmPack(folder), ...packages], { cwd: folder });
    return project;
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Copies a file or folder of this project to the same place in the user's project. */
  copy(name: string): void {
    cpSync(join(projectRoot, name), join(this.folder, name), { recursive: true });
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Runs the CLI on a stack of the project, against an emulator. */
  async pulumi(emulator: Emulator, ...args: string[]): Promise<string> {
    const options = { cwd: this.folder, env: await this.#env(emulator) };
    return (await run("pulumi", [...args, "--non-interactive"], options)).stdout;
  }

  /** Runs a program in the project's folder, and returns how it ended. */
  async run(
    emulator: Emulator,
    file: string,
    args: readonly string[],
    others: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { ...(await this.#env(emulator)), ...others };
    const options = { cwd: this.folder, env, maxBuffer: 1e9 };
    return new Promise((resolve, reject) => {
      execFile(file, args, options, (error, stdout, stderr) => {
        // The exit code of a killed program, as shells report it.
        const signal = error?.signal;
        const code = signal ? 128 + constants.signals[signal] : error === null ? 0 : error.code;
        if (typeof code === "number") {
          resolve({ code, stdout, stderr });
        } else {
          reject(error);
        }
      });
    });
  }

  async #env(emulator: Emulator): Promise<NodeJS.ProcessEnv> {
    return {
      ...engineEnv(await testEngine()),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...environmentOf(emulator),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A package at the version that this project has installed. */
export function installed(name: string): string {
  const file = join(projectRoot, "node_modules", name, "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name}@${String(version).replace(/^v/, "")}`;
}
