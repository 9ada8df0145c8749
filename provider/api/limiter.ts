import { setTimeout as delay } from "node:timers/promises";
import { Pace } from "./pace.ts";

/** The value of the setting `aidp:concurrency` if nobody sets it. */
export const defaultConcurrency = 32;

/**
 * Limits how many requests are under way at once. The limit halves when the service says that there are too many, and
 * grows back by one for each round of requests that went well. Waiting work costs no timer and no socket.
 */
export class Limiter {
  readonly #most: number;
  #allowed: number;
  #running = 0;
  /** Counts the slow-downs, so that one round of refusals slows requests down only once. */
  #round = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #pace: Pace;

  constructor(most: number = defaultConcurrency, pace: Pace = new Pace()) {
    this.#most = most;
    this.#allowed = most;
    this.#pace = pace;
  }

  /** Whether requests are waiting because the service refused some for their rate. */
  get isHeldBack(): boolean {
    return this.#pace.isHeldBack;
  }

  /** Runs the work when there is room. The work calls `tooMany` when the service refuses it for its rate. */
  async run<T>(work: (tooMany: () => void) => Promise<T>): Promise<T> {
    if (this.#running >= Math.floor(this.#allowed)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    const round = this.#round;
    try {
      const turn = this.turn();
      if (turn !== undefined) {
        await turn;
      }
      const result = await work(() => this.#slowDown(round));
      this.#pace.wentWell();
      this.#allowed = Math.min(this.#most, this.#allowed + 1 / this.#allowed);
      return result;
    } finally {
      this.#running -= 1;
      this.#letIn();
    }
  }

  /** Waits for a turn if requests are spread over time. A repeated request takes one as well. */
  turn(): Promise<void> | undefined {
    const waitMs = this.#pace.takeTurn();
    return waitMs > 0 ? delay(waitMs) : undefined;
  }

  #slowDown(round: number): void {
    this.#pace.tooMany();
    if (this.#pace.isHeldBack) {
      // The pace keeps to the rate. With a lower bound too, requests that wait to be sent again would hold up all others.
      this.#allowed = this.#most;
    } else if (round === this.#round) {
      this.#round += 1;
      this.#allowed = Math.max(1, this.#allowed / 2);
    }
  }

  #letIn(): void {
    while (this.#running < Math.floor(this.#allowed)) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        return;
      }
      this.#running += 1;
      next();
    }
  }
}
