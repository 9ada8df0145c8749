import type { SignalInput, SignalName } from "../api/signals.ts";

// From which statuses the platform takes a signal, and where the signal leads. We infer both, because the published
// page tells neither, so the platform has the last word: the provider sends a signal to an item in any status. It uses
// these tables to select a batch's items, to judge a lost answer, and to word a refusal.

/** The statuses from which each signal is allowed. */
export const allowedFrom: Readonly<Record<SignalName, readonly string[]>> = {
  start: ["NEW"],
  release: ["IN_PROGRESS"],
  complete: ["IN_PROGRESS"],
  cancel: ["NEW", "IN_PROGRESS"],
  reopen: ["COMPLETED", "FAILED"],
};

/** The status that a signal leads to. In bulk, work is completed with the outcome `OK`. */
export function statusAfter(
  signal: SignalName,
  outcome: SignalInput["signalOutcome"] = "OK",
): string {
  const next = {
    start: "IN_PROGRESS",
    release: "NEW",
    complete: outcome === "OK" ? "COMPLETED" : "FAILED",
    cancel: "FAILED",
    reopen: "NEW",
  } as const satisfies Record<SignalName, string>;
  return next[signal];
}
