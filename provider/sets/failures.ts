import {
  AuthenticationError,
  CancelledError,
  NotFoundError,
  PermissionDeniedError,
  UnreachableError,
} from "../api/errors.ts";
import { shortList } from "../lifecycle/text.ts";
import { count } from "./progress.ts";

/** How many keys a line lists for one reason, and how many reasons are told. */
const mostKeysShown = 100;
const mostReasonsShown = 50;

/** Items that failed, by key, each with its reason. */
export class Failures {
  readonly #reasons = new Map<string, string>();
  readonly #cancelled = new Set<string>();
  /** The first failure that every other request would meet as well. */
  #stopped: unknown;

  get size(): number {
    return this.#reasons.size + this.#cancelled.size;
  }

  has(key: string): boolean {
    return this.#reasons.has(key) || this.#cancelled.has(key);
  }

  add(key: string, error: unknown): void {
    if (isShared(error)) {
      this.#stopped ??= error;
    }
    if (error instanceof CancelledError) {
      this.#cancelled.add(key);
    } else {
      this.#reasons.set(key, error instanceof Error ? error.message : String(error));
    }
  }

  /** Ends work that could only fail as other work did. */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) {
      throw this.#stopped;
    }
  }

  /** A line for each reason, with the keys that failed for it. */
  lines(): string[] {
    const byReason = new Map<string, { reason: string; keys: string[] }>();
    for (const [key, reason] of this.#reasons) {
      // Each request has an id of its own, so reasons differ by it alone.
      const kind = reason.replace(/ \(request id [^)]*\)/, "");
      const group = byReason.get(kind) ?? { reason, keys: [] };
      group.keys.push(key);
      byReason.set(kind, group);
    }
    const reasons = [...byReason.values()];
    const lines = reasons.slice(0, mostReasonsShown).map(({ reason, keys }) => {
      return `${shortList(keys, mostKeysShown)}: ${reason}`;
    });
    if (reasons.length > mostReasonsShown) {
      lines.push(`${count(reasons.length - mostReasonsShown)} more reasons`);
    }
    // Which were not begun says nothing: it is all that the next update does.
    return this.#cancelled.size > 0
      ? [
          ...lines,
          `cancelled with ${count(this.#cancelled.size)} left to do: run it again to go on`,
        ]
      : lines;
  }
}

/** A failure that every other request would meet as well. */
function isShared(error: unknown): boolean {
  return [
    AuthenticationError,
    CancelledError,
    NotFoundError,
    PermissionDeniedError,
    UnreachableError,
  ].some((kind) => error instanceof kind);
}
