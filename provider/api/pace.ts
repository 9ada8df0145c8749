/** Over how long it is measured what the service takes. */
const windowMs = 1_000;
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
  /** When requests of the last window went well. */
  readonly #taken: number[] = [];
  /** The most that went well in one window since the rate was last lowered. */
  #best = 0;

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
    while ((this.#taken[0] ?? now) <= now - windowMs) {
      this.#taken.shift();
    }
    this.#best = Math.max(this.#best, this.#taken.length);
  }

  /** Notes that the service refused a request for its rate. Several in one window count once, and one is chance. */
  tooMany(): void {
    const now = this.#now();
    const since = now - this.#refusedAt;
    if (since < windowMs) {
      return;
    }
    this.#refusedAt = now;
    if (since < chanceMs) {
      // What comes in bursts is counted too low, so the first measure is only where to begin.
      const isFirst = !this.isHeldBack;
      const taken = Math.min(this.#rate, this.#best);
      this.#rate = Math.max(slowest, isFirst ? taken : cautious * taken);
      this.#grownAt = now + (isFirst ? windowMs : keptMs);
      this.#nextAt = Math.max(this.#nextAt, now + 1_000 / this.#rate);
      this.#best = 0;
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
