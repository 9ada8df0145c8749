import type { Platform } from "../platform.ts";
import type { Roles } from "../processes.ts";
import type { Command } from "../run-command.ts";

export const phases = ["create", "preview", "preview of one change", "refresh", "destroy"] as const;
export type Phase = (typeof phases)[number];

/** How much there is to do. */
export interface Size {
  /** How many work items, or files to upload. */
  items: number;
  /** Of each file to upload, in bytes; absent for work items. */
  fileBytes?: number;
}

/** What a contender is to do, and where. */
export interface Task extends Size {
  /** How much may be in flight, in the contender's own way of saying it. */
  concurrency: number;
  /** An empty folder of its own. */
  folder: string;
  /** The address, the key and the ids of the platform. */
  environment: Readonly<Record<string, string>>;
}

/** One phase: a command, and what shows in its output or exit code that it did the right thing. */
export interface Step extends Command {
  /** Default: exit code 0. */
  isRight?(code: number | null, output: string): boolean;
}

/** A contender that is set up: what it can do, and no more. */
export interface Ready {
  steps: Partial<Record<Phase, Step>>;
  /** What it keeps between its runs. */
  stateFile: string;
  /** Which of its processes is which; the one that talks to the platform is the `provider`. */
  roles: Roles;
}

export interface Contender {
  readonly name: string;
  readonly title: string;
  /** What it is given: work items to declare, or files to upload. */
  readonly of: "items" | "files";
  /** What more is not asked of it, as it is known to be hopeless. */
  readonly mostItems: number;
  /** Whether it runs what is in `dist/`, which is compiled first. */
  readonly usesLibrary: boolean;
  prepare(task: Task): Promise<Ready>;
  /** What is wrong on the platform after a phase, if anything: else its figures do not count. */
  check(phase: Phase, platform: Platform, size: Size): Promise<string | undefined>;
}
