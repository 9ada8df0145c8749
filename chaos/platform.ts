import { subscribe } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { WorkItem } from "../emulator/model.ts";
import { type Emulator, startEmulator } from "../emulator/server.ts";
import { formatMark, readMark } from "../provider/items/mark.ts";

/** A work item as the platform has it, with the signals that it got. */
export interface StandingItem extends WorkItem {
  /** The name of its declaration, which its mark has. */
  name: string | undefined;
  /** The incarnation of the resource that made it. */
  incarnation: string | undefined;
  signals: { signal: string; assignee?: string }[];
}

/** When something is to happen: at the request with this number from now on, or at its answer. */
interface Moment {
  at: number;
  when: "asked" | "answered";
  act: () => void;
}

/** The emulator finishes the requests of a killed process within this time. */
const quietMs = 80;

/** The emulator of one run. */
export class ChaosPlatform {
  /** How many creations may have been carried out after the process that asked for them was killed. */
  late = 0;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "aidp-chaos-"));
  readonly #delayMs: number;
  readonly #aheadMs: number;
  #emulator: Emulator | undefined;
  #restart: Promise<void> = Promise.resolve();
  #moment: Moment | undefined;
  #asked = 0;
  #answered = 0;

  private constructor(delayMs: number, aheadMinutes: number) {
    this.#delayMs = delayMs;
    this.#aheadMs = aheadMinutes * 60_000;
  }

  static async start(delayMs: number, aheadMinutes: number): Promise<ChaosPlatform> {
    const platform = new ChaosPlatform(delayMs, aheadMinutes);
    await platform.#open(0);
    return platform;
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) {
      throw new Error("the emulator does not run");
    }
    return this.#emulator;
  }

  /** Plans an act in the middle of the requests to come. */
  plan(moment: Moment): void {
    this.#moment = moment;
    this.#asked = 0;
    this.#answered = 0;
  }

  /** Ends the emulator with everything under way, and starts it again. */
  restart(): void {
    const { port } = new URL(this.emulator.origin);
    this.#restart = this.#close().then(() => this.#open(Number(port)));
  }

  /** Waits until nothing is under way and, after an interruption, until everything that exists shows in listings. */
  async settle(isInterrupted: boolean): Promise<void> {
    this.#moment = undefined;
    await this.#restart;
    if (isInterrupted) {
      await delay(this.#delayMs + quietMs);
    }
  }

  /** All work items of the project, oldest first. */
  items(): StandingItem[] {
    const { store, projectId } = this.emulator;
    return store.workItems.all({ projectId }).map((item) => {
      const mark = readMark(item.fields as { metadata?: Record<string, unknown> });
      return {
        ...item,
        name: mark && formatMark(mark),
        incarnation: mark?.incarnation,
        signals: store.workItems.history(item),
      };
    });
  }

  async remove(): Promise<void> {
    await this.#restart;
    await this.#close();
    // What a killed process was sending may still reach the disk.
    rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 10 });
  }

  async #open(port: number): Promise<void> {
    const emulator = await startEmulator({
      dataDir: this.#dataDir,
      port,
      consistencyDelayMs: this.#delayMs,
      clockAheadMs: this.#aheadMs,
    });
    this.#emulator = emulator;
    listeners.set(Number(new URL(emulator.origin).port), (event) => this.#count(event));
  }

  async #close(): Promise<void> {
    listeners.delete(Number(new URL(this.emulator.origin).port));
    await this.emulator.close();
  }

  #count(event: Moment["when"]): void {
    const count = event === "asked" ? ++this.#asked : ++this.#answered;
    const moment = this.#moment;
    if (moment?.when === event && moment.at === count) {
      this.#moment = undefined;
      moment.act();
    }
  }
}

/** The listener for the requests to each port. */
const listeners = new Map<number, (event: Moment["when"]) => void>();

function hear(event: Moment["when"]): (message: unknown) => void {
  return (message) => {
    const { request } = message as { request: IncomingMessage; response: ServerResponse };
    // A destroyed connection no longer has a socket.
    if (!request.url?.startsWith("/_emulator/")) {
      listeners.get(request.socket?.localPort ?? 0)?.(event);
    }
  };
}

subscribe("http.server.request.start", hear("asked"));
subscribe("http.server.response.finish", hear("answered"));
