/**
 * The platform's clock, as the dates of its answers tell it. The provider compares creation times only by this clock:
 * the clock of this machine may be hours off, and may be set while an update runs.
 */
export class PlatformClock {
  /** The platform's time at the zero of this process's monotonic clock; undefined before the first answer. */
  #zeroMs: number | undefined;

  /** Reads the `Date` header of an answer. */
  observe(date: string | null | undefined): void {
    const ms = Date.parse(date ?? "");
    if (!Number.isNaN(ms)) {
      this.#zeroMs = ms - performance.now();
    }
  }

  /** The platform's time now; undefined before it has told any. */
  now(): Date | undefined {
    return this.at(performance.now());
  }

  /** The platform's time at a moment of `performance.now()`. */
  at(moment: number): Date | undefined {
    return this.#zeroMs === undefined ? undefined : new Date(this.#zeroMs + moment);
  }

  /** How far the clock of this machine is ahead of the platform's, in milliseconds; 0 while that is not known. */
  aheadMs(): number {
    return Date.now() - (this.now()?.getTime() ?? Date.now());
  }
}
