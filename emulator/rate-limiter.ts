import { ApiError } from "./api-error.ts";
import type { RateLimit, Settings } from "./settings.ts";

/** Lets so many requests a second through. */
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
    this.#fill(rateLimit);
    if (this.#tokens < 1) {
      const { perSecond, retryAfterSeconds } = rateLimit;
      throw new ApiError(429, "RATE_LIMITED", `More than ${perSecond} requests a second`, {
        headers: retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) },
      });
    }
    this.#tokens -= 1;
  }

  #fill({ perSecond, kind }: RateLimit): void {
    const now = performance.now();
    const isNewWindow = Math.floor(now / 1000) > Math.floor(this.#filledAt / 1000);
    const refill =
      kind === "window"
        ? isNewWindow
          ? perSecond
          : 0
        : ((now - this.#filledAt) / 1000) * perSecond;
    this.#tokens = Math.min(perSecond, this.#tokens + refill);
    this.#filledAt = now;
  }
}
