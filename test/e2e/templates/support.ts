import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { projectRoot } from "../../../scripts/paths.ts";

/** What a fake command gives to a call whose line matches; the first match counts. */
export interface Answer {
  call: RegExp;
  stdout?: string;
  code?: number;
  /** Written to the file after `--markdown`; those after `--json` and `--html` are written as well then. */
  report?: string;
  /** Written to the file after `--json`, if it is not to be empty. */
  json?: unknown;
}

export interface Call {
  command: string;
  args: string[];
  /** The command and its arguments. */
  line: string;
  /** The texts of the files that arguments name with an @. */
  files: string[];
  /** The names of secrets and tokens in the environment. */
  secrets: string[];
}

const commands = ["gh", "npx", "npm", "pulumi", "curl"];

/** A checkout of a repository with some files, on a machine whose commands only record calls. */
export class Checkout {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aidp-ci-"));

  constructor(answers: Answer[], files: Readonly<Record<string, string>> = {}) {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      writeFileSync(join(this.folder, file), text);
    }
    for (const args of [
      ["init", "--quiet"],
      ["add", "."],
    ]) {
      execFileSync("git", args, { cwd: this.folder });
    }
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    const prepared = answers.map(({ call, ...answer }) => ({ call: call.source, ...answer }));
    writeFileSync(join(bin, "answers.json"), JSON.stringify(prepared));
    const fake = join(import.meta.dirname, "fake-command.mjs");
    for (const command of commands) {
      const file = join(bin, command);
      writeFileSync(file, `#!/bin/sh\nexec node '${fake}' '${bin}' ${command} "$@"\n`);
      chmodSync(file, 0o755);
    }
  }

  /** Runs a script as the CI system does, in a folder of the checkout, and answers its exit code. */
  run(
    script: string,
    env: Readonly<Record<string, string>>,
    folder = ".",
  ): { code: number; output: string } {
    const path = [join(this.folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"];
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      {
        cwd: join(this.folder, folder),
        env: { ...env, PATH: path.join(delimiter) },
        encoding: "utf8",
      },
    );
    return { code: status ?? -1, output: stdout + stderr };
  }

  /** Installs the package as npm does from its tarball, as far as the templates use it. */
  install(): void {
    const place = join(this.folder, "node_modules", "pulumi-ai-data-platform");
    for (const part of ["package.json", "ci"]) {
      cpSync(join(projectRoot, part), join(place, part), { recursive: true });
    }
  }

  /** A file of the checkout, or nothing. */
  read(file: string): string {
    const path = join(this.folder, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  get calls(): Call[] {
    const lines = this.read("bin/calls.jsonl").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Call);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
