import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator/server.ts";
import { engineEnv } from "../../scripts/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { environmentOf, testEngine } from "./stack.ts";

const run = promisify(execFile);

/** A user's project in a folder of its own, with the library installed as it would be published. */
export class UserProject {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aidp-user-"));

  /** `packages` are what the user installs besides, at the versions that this project is tested with. */
  static async create(
    files: Readonly<Record<string, string>>,
    packages: readonly string[],
  ): Promise<UserProject> {
    const project = new UserProject();
    const { folder } = project;
    mkdirSync(join(folder, "state"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const answer = JSON.parse((await run("npm", pack, { cwd: projectRoot })).stdout);
    const [{ filename }] = Array.isArray(answer) ? answer : Object.values(answer);
    await run(
      "npm",
      [
        "install",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        join(folder, filename),
        ...packages,
      ],
      { cwd: folder },
    );
    return project;
  }

  /** Runs the CLI on a stack of the project, against an emulator. */
  async pulumi(emulator: Emulator, ...args: string[]): Promise<string> {
    const env = {
      ...engineEnv(await testEngine()),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...environmentOf(emulator),
    };
    const { stdout } = await run("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env,
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A package at the version that this project has. */
export function installed(name: string): string {
  const file = join(projectRoot, "node_modules", name, "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name}@${String(version).replace(/^v/, "")}`;
}
