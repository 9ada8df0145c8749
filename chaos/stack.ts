import type { Declaration } from "./declaration.ts";

/** How to run an update. */
export interface Update {
  refresh: boolean;
  /** The names of the resources to replace, whatever changed. */
  replace: readonly string[];
}

/** How an update ended. */
export interface Outcome {
  how: "done" | "failed" | "interrupted";
  message: string;
}

/** A stack under test, on a real engine or with the lifecycles alone. */
export interface ChaosStack {
  /** Brings about what is declared, as `pulumi up` would. */
  up(declaration: Declaration, update: Update): Promise<Outcome>;
  /** Kills a process in the middle of an update. */
  kill(whom: "provider" | "engine"): void;
  /** Keeps the state from being written until the update ends. */
  fillDisk(): void;
  /** The ids of the work items in the state, by their names on the platform. */
  ids(): Map<string, string>;
  /** The incarnations of the resources in the state. */
  incarnations(): string[];
  remove(): void;
}

/** Where a stack works: in the batch that both stacks of a run share, or in a batch of its own. */
export interface Place {
  stack: string;
  batchId: string | undefined;
}
