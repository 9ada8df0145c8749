import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import * as automation from "@pulumi/pulumi/automation/index.js";

/** A process that has locked a stack, or had when it was killed. */
interface Holder {
  who: string;
  host: string;
  pid: number;
}

/** Who has locked a stack, as Pulumi's own backends say in their error. Pulumi Cloud ends an update by itself. */
function holdersOf(error: unknown): Holder[] {
  if (!(error instanceof automation.ConcurrentUpdateError)) {
    return [];
  }
  // The error has what Pulumi said to stdout and to stderr.
  const { message } = error;
  const locks = message.matchAll(/: created by (.*@(\S+) \(pid (\d+)\)) at /g);
  const all = [...locks].map(([, who = "", host = "", pid]) => ({ who, host, pid: Number(pid) }));
  return [...new Map(all.map((holder) => [holder.who, holder])).values()];
}

/**
 * Runs an update of a stack. A lock that a killed process left is taken away first, if the caller trusts the host's
 * locks to be taken over. On this machine, that is after the process has ended. Of another machine nobody can tell
 * from here, so there the caller's word counts.
 */
export async function withLocksOf<T>(
  hosts: readonly string[],
  stack: automation.Stack,
  update: () => Promise<T>,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await update();
    } catch (error) {
      const holders = holdersOf(error);
      const stranger = holders.find(({ host }) => !hosts.includes(host));
      if (stranger !== undefined) {
        throw new Error(
          `locked by ${stranger.who}: wait for it, or if it has ended, --take-over ${stranger.host}`,
        );
      }
      if (holders.length === 0) {
        throw error;
      }
      const names = holders.map(({ who }) => who).join(", ");
      const isHeld = () => holders.some(({ host, pid }) => host === hostname() && isRunning(pid));
      if (!isHeld()) {
        tell(`takes over from ${names}`);
        await stack.cancel();
        continue;
      }
      tell(`waits for ${names}`);
      while (isHeld()) {
        await delay(1_000, undefined, { signal });
      }
      // Again from the start: if it ended in order, the lock may be somebody else's by now.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (process.platform !== "linux") {
    return true;
  }
  try {
    // The number may be another process's by now; and one that nobody has waited for has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return false;
  }
}
