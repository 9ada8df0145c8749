import { ApiError } from "./api-error.ts";
import type { Settings } from "./settings.ts";

/** A bucket that holds one second's worth of requests. */
export class RateLimiter {
  readonly #settings: Settings;
  #tokens = 0;
  #filledAt = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  take(): void {
    const { rateLimit } = this.#settings;
    if (rateLimit === null) {
      return;
    }
    const now = performance.now();
    const refill = ((now - this.#filledAt) / 1000) * rateLimit.perSecond;
    this.#tokens = Math.min(rateLimit.perSecond, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      throw new ApiError(
        429,
        "RATE_LIMITED",
        `More than ${rateLimit.perSecond} requests a second`,
        {
          headers: { "retry-after": String(rateLimit.retryAfterSeconds) },
        },
      );
    }
    this.#tokens -= 1;
  }
}
