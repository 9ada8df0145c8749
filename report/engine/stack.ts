import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";

/** Which stack to look at. */
export interface Where {
  /** The folder of the Pulumi project. */
  cwd: string;
  /** The name of the stack. Default: the selected one. */
  stack?: string | undefined;
}

/** A stack of a project. */
export interface OpenedStack {
  stack: Stack;
  project: string;
  /** The folder from which relative paths in the program start. */
  programFolder: string;
}

/** Opens an existing stack without selecting it. The engine and the processes it starts get the variables as well. */
export async function openStack(
  { cwd, stack }: Where,
  envVars: Record<string, string> = {},
): Promise<OpenedStack> {
  if (!existsSync(cwd)) {
    throw new Refusal(`there is no folder ${cwd}: --cwd names that of a Pulumi project`);
  }
  // Loading it takes half a second, which commands without a stack do not need to spend.
  const automation = await import("@pulumi/pulumi/automation/index.js");
  try {
    const workspace = await automation.LocalWorkspace.create({ workDir: cwd, envVars });
    const name = stack ?? (await workspace.stack())?.name;
    if (name === undefined) {
      throw new Refusal("no stack is selected: name one with --stack");
    }
    const { name: project, main = "." } = await workspace.projectSettings();
    // The API would select the stack, and so change which stack the user's next commands act on.
    workspace.selectStack = async () => {};
    return {
      stack: await automation.Stack.select(name, workspace),
      project,
      programFolder: await folderOf(resolve(cwd, main)),
    };
  } catch (error) {
    throw new Refusal(explainError(error));
  }
}

/** The folder in which the engine runs a program: `main` may name that folder or the file in it. */
async function folderOf(main: string): Promise<string> {
  const found = await stat(main).catch(() => undefined);
  return found?.isDirectory() === true ? main : dirname(main);
}

/** The one line of an engine's error that says what to do. */
export function explainError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/\bspawn pulumi ENOENT\b/.test(text)) {
    return "pulumi is not on the PATH: install the Pulumi CLI, or add its folder to the PATH";
  }
  const said = /^ stderr: (.*?)^ err\?:/ms.exec(text)?.[1]?.trim().split("\n").at(-1);
  return /^\s*error: (.*)$/m.exec(text)?.[1] ?? said ?? text.split("\n", 1).join("");
}
