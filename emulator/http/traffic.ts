import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../settings.ts";
import { describeFault, type Faults, faultReply } from "./faults.ts";
import { type Reply, reset, send, sendHalf } from "./reply.ts";
import type { RequestLog } from "./request-log.ts";
import type { Stats } from "./stats.ts";

/** Handles what applies to every API and file request: counting, latency and faults. */
export class Traffic {
  readonly #settings: Settings;
  readonly #faults: Faults;
  readonly #stats: Stats;
  readonly #log: RequestLog;
  readonly #closing: AbortSignal;

  constructor(
    settings: Settings,
    faults: Faults,
    stats: Stats,
    log: RequestLog,
    closing: AbortSignal,
  ) {
    this.#settings = settings;
    this.#faults = faults;
    this.#stats = stats;
    this.#log = log;
    this.#closing = closing;
  }

  async run(
    operation: string,
    response: ServerResponse,
    work: () => Promise<Reply>,
  ): Promise<void> {
    this.#stats.begin(operation);
    try {
      const fault = this.#faults.next(operation);
      if (fault !== undefined) {
        this.#log.noteFault(response, describeFault(fault));
      }
      const latency = this.#settings.latencyMs + (fault?.latencyMs ?? 0);
      if (latency > 0) {
        await delay(latency, undefined, { signal: this.#closing });
      }
      if (fault?.reset === "before") {
        reset(response);
        return;
      }
      if (fault?.status !== undefined && !fault.workDone) {
        await send(response, faultReply(fault, fault.status));
        return;
      }
      const reply = await work();
      if (fault?.reset === "after") {
        reset(response);
      } else if (fault?.truncate) {
        await sendHalf(response, reply);
      } else {
        await send(response, fault?.status === undefined ? reply : faultReply(fault, fault.status));
      }
    } finally {
      this.#stats.end();
    }
  }
}
