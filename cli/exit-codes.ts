import type { Result } from "../report/model.ts";

/** The exit codes of a command, for scripts and CI. */
export const exitCodes: Readonly<Record<Result, number>> = {
  unchanged: 0,
  /** Also used if the arguments are wrong. */
  failed: 1,
  changed: 2,
  violations: 3,
  limits: 4,
};

/** The exit codes, for the help of a command. */
export const exitCodeHelp =
  "Exit codes: 0 nothing to do, 1 failure, 2 changes, 3 mandatory rules broken, 4 limits exceeded.";
