/** The processes of a command and what they take, as Linux tells under /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** What the processes of a role took. */
export interface Usage {
  /** The peak of the largest process. */
  peakBytes: number;
  /** The peaks of all processes together, whether they ran at the same time or not. */
  peaksBytes: number;
  cpuSeconds: number;
}

/** Roles by a pattern of the command line; the first that fits counts. */
export type Roles = Readonly<Record<string, RegExp>>;

interface Process {
  pid: number;
  command: string;
  usage: Usage;
}

const pollEveryMs = 100;
/** USER_HZ, which is 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

/**
 * Watches the session that a detached child leads: whatever the command starts stays in it. Both
 * figures only grow, so the last sight of a process is its total.
 */
export class Watch {
  readonly #session: number;
  readonly #seen = new Map<number, Process>();
  readonly #timer: NodeJS.Timeout;

  constructor(session: number) {
    this.#session = session;
    this.#timer = setInterval(() => this.#look(), pollEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Nothing for a role of which no process was seen, and where there is no /proc. */
  usage(roles: Roles): Record<string, Usage> {
    const found: Record<string, Usage> = {};
    for (const { command, usage } of this.#seen.values()) {
      const role = Object.keys(roles).find((name) => roles[name]?.test(command)) ?? "other";
      const sum = found[role] ?? { peakBytes: 0, peaksBytes: 0, cpuSeconds: 0 };
      found[role] = {
        peakBytes: Math.max(sum.peakBytes, usage.peakBytes),
        peaksBytes: sum.peaksBytes + usage.peaksBytes,
        cpuSeconds: sum.cpuSeconds + usage.cpuSeconds,
      };
    }
    return found;
  }

  /** Ends what is left of the session, and only that. */
  kill(signal: NodeJS.Signals): void {
    for (const { pid } of processesOf(this.#session)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }

  #look(): void {
    for (const each of processesOf(this.#session)) {
      this.#seen.set(each.pid, each);
    }
  }
}

function processesOf(session: number): Process[] {
  return pids().flatMap((pid) => {
    try {
      const found = processOf(pid, session);
      return found === undefined ? [] : [found];
    } catch {
      // It ended while it was read.
      return [];
    }
  });
}

export function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** What Linux tells of a process, by the numbers that proc(5) gives to the fields from 3 on. */
export function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold anything.
  return ["", "", "", ...stat.slice(stat.lastIndexOf(")") + 2).split(" ")];
}

export function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
}

function processOf(pid: number, session: number): Process | undefined {
  const fields = fieldsOf(pid);
  if (Number(fields[6]) !== session) {
    return undefined;
  }

  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (peak === undefined) {
    return undefined; // A zombie has no memory any more.
  }
  return {
    pid,
    command: commandOf(pid),
    usage: {
      peakBytes: Number(peak) * 1024,
      peaksBytes: Number(peak) * 1024,
      cpuSeconds: (Number(fields[14]) + Number(fields[15])) / ticksPerSecond,
    },
  };
}
