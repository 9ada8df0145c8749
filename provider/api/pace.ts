/** The period over which `Pace` measures how many requests the service takes. */
const measuredMs = 3_000;
/** The period within it over which requests are counted as a rate. */
const rateMs = 2_000;
/** Refusals no further apart than this belong to one round. */
const roundMs = 1_000;
/** After this long without a refusal, the next one counts as chance. */
const chanceMs = 10_000;
/** Requests a second. */
const slowest = 1;
/** After a refusal, the share of the refused rate at which requests go on. */
const cautious = 0.95;
/** How long a rate is kept before a higher one is tried, and the factor by which it then grows each second. */
const settled = { keptMs: 30_000, growth: 1.03 };
/** The same after the first refusals: what the service took between two bursts says little. */
const searching = { keptMs: 1_000, growth: 1.12 };

/**
 * Spreads requests over time, once the service has said that there are too many, or from the beginning if the user
 * knows how many it allows. It measures how many the service takes, asks for a little less, and after a while for a
 * little more.
 */
export class Pace {
  readonly #most: number;
  readonly #now: () => number;
  /** Requests a second. */
  #rate: number;
  #nextAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #grownAt = 0;
  #growth = settled.growth;
  /** When requests went well, within the measured period. */
  readonly #taken: number[] = [];

  constructor(
    most: number = Number.POSITIVE_INFINITY,
    now: () => number = () => performance.now(),
  ) {
    this.#most = most;
    this.#rate = most;
    this.#now = now;
  }

  /** Whether requests are waiting because the service refused some. */
  get isHeldBack(): boolean {
    return this.#rate < this.#most;
  }

  /** Takes the next turn, and returns in how many milliseconds it comes. */
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

  /** Notes that the service took a request. */
  wentWell(): void {
    const now = this.#now();
    this.#taken.push(now);
    this.#forget(now);
  }

  /** Notes that the service refused a request for its rate. Refusals close together count once, and one is chance. */
  tooMany(): void {
    const now = this.#now();
    const since = now - this.#refusedAt;
    // Requests sent before the rate was lowered may still be refused.
    if (since < (this.isHeldBack ? measuredMs : roundMs)) {
      return;
    }
    this.#refusedAt = now;
    if (since < chanceMs || this.isHeldBack) {
      const { keptMs, growth } = this.isHeldBack ? settled : searching;
      this.#rate = Math.max(slowest, cautious * Math.min(this.#rate, this.#measured(now)));
      this.#grownAt = now + keptMs;
      this.#growth = growth;
      this.#nextAt = Math.max(this.#nextAt, now + 1_000 / this.#rate);
    }
  }

  /**
   * The highest rate at which requests went well lately, over two seconds. A shorter time would be too much where the
   * service counts by the second, as it may have parts of two of them; a longer one has pauses between two bursts in it.
   */
  #measured(now: number): number {
    this.#forget(now);
    let first = 0;
    const most = this.#taken.reduce((highest, at, index) => {
      while ((this.#taken[first] ?? at) <= at - rateMs) {
        first += 1;
      }
      return Math.max(highest, index - first + 1);
    }, 0);
    return (most * 1_000) / rateMs;
  }

  #forget(now: number): void {
    while ((this.#taken[0] ?? now) < now - measuredMs) {
      this.#taken.shift();
    }
  }

  #grow(now: number): void {
    if (now > this.#grownAt) {
      const seconds = (now - this.#grownAt) / 1_000;
      this.#rate = Math.min(this.#most, this.#rate * this.#growth ** seconds);
      this.#grownAt = now;
    }
  }
}
