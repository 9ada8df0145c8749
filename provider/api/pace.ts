/** Over how long it is measured what the service takes. */
const measuredMs = 3_000;
/** Refusals that are no further apart are of one round. */
const roundMs = 1_000;
/** After how long without a refusal the next one is chance. */
const chanceMs = 10_000;
/** Requests a second. */
const slowest = 1;
/** How much of the rate at which it was refused is asked for then. */
const cautious = 0.95;
/** How long that rate is kept before a higher one is tried, and how much higher that is, a second. */
const keptMs = 30_000;
const growth = 1.03;

/**
 * Spreads requests over time, once the service has said that they are too many, or from the beginning where the user
 * knows how many it allows. What it takes is measured; a little less is asked for, and after a while a little more.
 */
export class Pace {
  readonly #most: number;
  readonly #now: () => number;
  /** Requests a second. */
  #rate: number;
  #nextAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #grownAt = 0;
  /** When requests went well, of the time that is measured. */
  readonly #taken: number[] = [];

  constructor(
    most: number = Number.POSITIVE_INFINITY,
    now: () => number = () => performance.now(),
  ) {
    this.#most = most;
    this.#rate = most;
    this.#now = now;
  }

  /** Whether requests wait since the service refused some. */
  get isHeldBack(): boolean {
    return this.#rate < this.#most;
  }

  /** Takes the next turn, and answers in how many milliseconds it is. */
  takeTurn(): number {
    if (this.#rate === Number.POSITIVE_INFINITY) {
      return 0;
    }
    const now = this.#now();
    this.#grow(now);
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1_000 / this.#rate;
    return at - now;
  }

  /** Notes that a request was taken. */
  wentWell(): void {
    const now = this.#now();
    this.#taken.push(now);
    this.#forget(now);
  }

  /** Notes that the service refused a request for its rate. Several at about the same time count once, and one is chance. */
  tooMany(): void {
    const now = this.#now();
    const since = now - this.#refusedAt;
    // What was sent before the rate was lowered may still be refused.
    if (since < (this.isHeldBack ? measuredMs : roundMs)) {
      return;
    }
    this.#refusedAt = now;
    if (since < chanceMs || this.isHeldBack) {
      this.#rate = Math.max(slowest, cautious * Math.min(this.#rate, this.#measured(now)));
      this.#grownAt = now + keptMs;
      this.#nextAt = Math.max(this.#nextAt, now + 1_000 / this.#rate);
    }
  }

  /** The most requests that went well lately within one second: between two bursts, the service may have been asked for none. */
  #measured(now: number): number {
    this.#forget(now);
    let first = 0;
    return this.#taken.reduce((most, at, index) => {
      while ((this.#taken[first] ?? at) <= at - 1_000) {
        first += 1;
      }
      return Math.max(most, index - first + 1);
    }, 0);
  }

  #forget(now: number): void {
    while ((this.#taken[0] ?? now) < now - measuredMs) {
      this.#taken.shift();
    }
  }

  #grow(now: number): void {
    if (now > this.#grownAt) {
      const seconds = (now - this.#grownAt) / 1_000;
      this.#rate = Math.min(this.#most, this.#rate * growth ** seconds);
      this.#grownAt = now;
    }
  }
}
