import { ApiError } from "./api-error.ts";
import { jsonReply, type Reply } from "./reply.ts";

export interface FaultInput {
  /** An operation of the API, `putFile`, `getFile`, or `*` for all of them. */
  operation: string;
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  retryAfter?: number | string;
  latencyMs?: number;
  /** Breaks the connection before the work is done, or after it. */
  reset?: "before" | "after";
  /** Does the work, sends half of the answer, then breaks the connection. */
  truncate?: boolean;
  /** With `status`: does the work all the same, as a gateway that answers 504 would. */
  workDone?: boolean;
  /** How many requests it hits; 0 means all until it is cleared. */
  times: number;
  /** How many matching requests pass first. */
  skip: number;
}

export interface Fault extends FaultInput {
  id: number;
  hits: number;
}

/** Failures to serve instead of, or around, the next matching requests. */
export class Faults {
  #faults: Fault[] = [];
  #lastId = 0;

  add(input: FaultInput): Fault {
    this.#lastId += 1;
    const fault = { ...input, id: this.#lastId, hits: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that hits this request: the oldest one that matches and is due. */
  next(operation: string): Fault | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        (candidate.operation === "*" || candidate.operation === operation) && isDue(candidate),
    );
    if (fault !== undefined) {
      fault.hits += 1;
    }
    return fault;
  }
}

function isDue(fault: Fault): boolean {
  if (fault.times !== 0 && fault.hits >= fault.times) {
    return false;
  }
  if (fault.skip > 0) {
    fault.skip -= 1;
    return false;
  }
  return true;
}

/** What a fault does, in a few words. */
export function describeFault({ id, status, latencyMs, reset, truncate, workDone }: Fault): string {
  const effects = [
    status !== undefined && `status ${status}${workDone ? " after the work" : ""}`,
    latencyMs !== undefined && `${latencyMs} ms late`,
    reset !== undefined && `reset ${reset} the work`,
    truncate && "truncated",
  ];
  return `Fault ${id}: ${effects.filter(Boolean).join(", ")}`;
}

/** The answer of a fault that has a status. */
export function faultReply(fault: Fault, status: number): Reply {
  const headers = { ...fault.headers };
  if (fault.retryAfter !== undefined) {
    headers["retry-after"] = String(fault.retryAfter);
  }
  if (typeof fault.body === "string") {
    return {
      status,
      headers: { "content-type": "text/plain; charset=utf-8", ...headers },
      content: fault.body,
    };
  }
  const standard = new ApiError(status, "FAULT", `Fault ${fault.id}, as ordered`);
  return jsonReply(status, fault.body ?? standard.body, headers);
}
