import { count } from "../text/lines.ts";
import type { Platform } from "./lifecycle.ts";
import { parseUrn } from "./urns.ts";

const showEveryMs = 1_000;

/** Shows how far the work on a set has come, at most once a second. */
export class Progress {
  readonly #platform: Platform;
  readonly #name: string;
  readonly #total: number;
  readonly #what: string;
  readonly #startedAt = Date.now();
  #shownAt = Date.now();
  #done = 0;

  /** `what` names the things counted: work items, or files. */
  constructor(platform: Platform, total: number, what = "work items") {
    this.#what = what;
    this.#platform = platform;
    this.#name = parseUrn(platform.owner ?? "").name;
    this.#total = total;
  }

  add(items = 1): void {
    this.#done += items;
    const now = Date.now();
    if (now - this.#shownAt >= showEveryMs && this.#done < this.#total) {
      this.#shownAt = now;
      const left = (this.#total - this.#done) / this.#rate();
      const held = this.#platform.client.isHeldBack ? ", held back by the service" : "";
      this.#platform.status(
        `${this.#name}: ${count(this.#done)} of ${count(this.#total)} ${this.#what}, ${count(this.#rate())}/s, ${count(left)} s left${held}`,
      );
    }
  }

  /** Says what was done, in a line that stays. */
  end(what: string): void {
    const seconds = (Date.now() - this.#startedAt) / 1000;
    const took = seconds < 1 ? "" : ` in ${count(seconds)} s, ${count(this.#rate())}/s`;
    this.#platform.info(`${this.#name}: ${what}${took}`);
  }

  /** Work items a second. */
  #rate(): number {
    return (this.#done * 1000) / Math.max(1, Date.now() - this.#startedAt);
  }
}
