import { spawnSync } from "node:child_process";
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
  /** Written to the file after `--markdown`. */
  report?: string;
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

/** A checkout of a repository that uses the templates, on a machine whose commands only record calls. */
export class Checkout {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aidp-ci-"));

  /** `templates` is a folder of `examples`, copied to `place` as the documentation says. */
  constructor(templates: string, place: string, answers: Answer[]) {
    cpSync(join(projectRoot, "examples", templates), join(this.folder, place), { recursive: true });
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

  /** Runs a script as the CI system does, and answers its exit code. */
  run(script: string, env: Readonly<Record<string, string>>): { code: number; output: string } {
    const path = [join(this.folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"];
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      { cwd: this.folder, env: { ...env, PATH: path.join(delimiter) }, encoding: "utf8" },
    );
    return { code: status ?? -1, output: stdout + stderr };
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
