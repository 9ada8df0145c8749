import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "../main.ts";
import { projectRoot } from "../paths.ts";

export interface Emulator {
  url: string;
  apiKey: string;
  spaceId: string;
  projectId: string;
  stop(): Promise<void>;
}

const startsWithin = 30_000;
const stopsWithin = 5_000;

/** Starts the emulator on a free port. It ends no later than this process. */
export async function startEmulator(dataFolder: string): Promise<Emulator> {
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(import.meta.dirname, "end-with-parent.ts"),
      join(projectRoot, "cli", "main.ts"),
      ...["emulator", "--port", "0", "--data", dataFolder],
    ],
    // Ctrl-C does not reach the emulator in a process group of its own: Pulumi still needs it to stop in order.
    { cwd: projectRoot, detached: true, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-10_000);
  });

  const settings = await Promise.race([
    readSettings(child),
    once(child, "exit").then(() => undefined),
    new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), startsWithin).unref();
    }),
  ]);
  if (settings === undefined) {
    await stop(child);
    if (complaints.includes("in use by another emulator")) {
      throw new Failure(
        "Another demo, or an emulator on its data, is running: wait for it to end, or stop it.",
      );
    }
    throw new Failure(`The emulator did not start: ${reasonOf(complaints)}`);
  }
  return { ...settings, stop: () => stop(child) };
}

/** The line of a stack trace that says what happened, or else the last line. */
function reasonOf(complaints: string): string {
  const lines = complaints.trim().split("\n");
  const line = lines.find((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1) ?? "";
  return line.replace(/^error: /, "");
}

async function readSettings(child: ChildProcess): Promise<Omit<Emulator, "stop"> | undefined> {
  if (child.stdout === null) {
    return undefined;
  }
  const found = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    found.set(name, value);
    const [url, apiKey] = [found.get("url"), found.get("apiKey")];
    const [spaceId, projectId] = [found.get("spaceId"), found.get("projectId")];
    if (url && apiKey && spaceId && projectId) {
      child.stdout.resume();
      return { url, apiKey, spaceId, projectId };
    }
  }
  return undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), stopsWithin);
  await exit;
  clearTimeout(impatience);
}
