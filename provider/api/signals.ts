import { z } from "zod";
import type { Http } from "./http.ts";

/** Moves a work item through its life. */
export type SignalName = "start" | "release" | "complete" | "cancel" | "reopen";

/** What `signalWorkItems` sends for one work item. */
export interface SignalTarget {
  workItemID: string;
  feedback?: { comments: string[] };
}

/** What `signalWorkItem` takes. */
export interface SignalInput {
  /** What happens to the work item: `start`, `release`, `complete`, `cancel` or `reopen`. */
  signal: SignalName;
  /** For example "labeling" or "review". */
  taskType: string;
  /** For example the worker's email address. */
  assignee?: string;
  /** Whether the work is good. With `complete`: `OK` makes the item `COMPLETED`, `NOT_OK` makes it `FAILED`. */
  signalOutcome: "OK" | "NOT_OK";
}

/** Signals to work items. */
export class Signals {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** `signalWorkItems`: sends one signal to 1 to 100 work items. */
  async sendMany(
    projectId: string,
    signal: SignalName,
    workItems: readonly SignalTarget[],
  ): Promise<void> {
    await this.#http.request(
      "signalWorkItems",
      { projectId },
      { json: { signal, workItems }, answer: z.unknown() },
    );
  }

  /** `signalWorkItem`: sends a signal to one work item, with task type and outcome. */
  async send(projectId: string, workItemId: string, input: SignalInput): Promise<void> {
    await this.#http.request(
      "signalWorkItem",
      { projectId, workItemId },
      { json: input, answer: z.unknown() },
    );
  }
}
