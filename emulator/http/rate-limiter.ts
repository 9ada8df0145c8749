import type { RateLimit, Settings } from "../settings.ts";
import { ApiError } from "./api-error.ts";

/** Lets a limited number of requests through per second. */
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
    const [seconds, filledAt] = [now / 1000, this.#filledAt / 1000];
    const passed =
      kind === "window" ? Math.floor(seconds) - Math.floor(filledAt) : seconds - filledAt;
    this.#tokens = Math.min(perSecond, this.#tokens + passed * perSecond);
    this.#filledAt = now;
  }
}
