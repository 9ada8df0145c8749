import {
  ApiError,
  AuthenticationError,
  CancelledError,
  NotFoundError,
  PermissionDeniedError,
  ResponseError,
  UnreachableError,
} from "../api/errors.ts";
import { count, shortList } from "../text/lines.ts";
import { Refusal } from "./lifecycle.ts";

/** How many keys a line lists for one reason, and how many reasons are listed. */
const mostKeysShown = 100;
const mostReasonsShown = 50;
/** After this many equal failures of the service in a row, nothing more is sent. */
const mostAlike = 64;

/** Items that failed, by key, each with its reason. */
export class Failures {
  readonly #reasons = new Map<string, string>();
  readonly #cancelled = new Set<string>();
  /** The first failure that every other request would meet as well. */
  #stopped: unknown;
  /** Whether any of the work begun last went well. */
  #wentWell = false;
  /** The last failure, and how many like it have come in a row. */
  #last: unknown;
  #alike = 0;

  get size(): number {
    return this.#reasons.size + this.#cancelled.size;
  }

  has(key: string): boolean {
    return this.#reasons.has(key) || this.#cancelled.has(key);
  }

  /** Notes that work of another kind begins, and that nobody knows yet how the service answers it. */
  begin(): void {
    this.#wentWell = false;
    this.#alike = 0;
  }

  noteSuccess(): void {
    this.#wentWell = true;
    this.#alike = 0;
  }

  add(key: string, error: unknown): void {
    if (isShared(error)) {
      this.#stopped ??= error;
    }
    this.#count(error);
    if (error instanceof CancelledError) {
      this.#cancelled.add(key);
    } else {
      this.#reasons.set(key, error instanceof Error ? error.message : String(error));
    }
  }

  /** Counts equal failures of the service. One request may serve many keys, so the same error counts once. */
  #count(error: unknown): void {
    if (!(error instanceof ApiError) || error === this.#last) {
      return;
    }
    this.#alike = isAlike(error, this.#last) ? this.#alike + 1 : 1;
    this.#last = error;
    if (this.#alike >= (this.#wentWell ? mostAlike : mostAtFirst(error))) {
      this.#stopped ??= new Refusal(
        `not sent, after ${this.#alike} failures in a row${this.#wentWell ? "" : " and none that went well"}: ${error.message}`,
      );
    }
  }

  /** Ends work that could only fail the way other work did. */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) {
      throw this.#stopped;
    }
  }

  /** A line for each reason, with the keys that failed for it. */
  lines(): string[] {
    const byReason = new Map<string, { reason: string; keys: string[] }>();
    for (const [key, reason] of this.#reasons) {
      // Each request has an id of its own, so otherwise equal reasons differ by it.
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
    // It would not help to list the keys that were not begun: the next update does all of them.
    return this.#cancelled.size > 0
      ? [
          ...lines,
          `cancelled with ${count(this.#cancelled.size)} left to do: run it again to go on`,
        ]
      : lines;
  }
}

/** The same limit before anything went well. Work that may have been done all the same is not begun many times. */
function mostAtFirst(error: ApiError): number {
  if (error instanceof ResponseError) {
    return 1;
  }
  return error.outcomeUnknown ? 2 : mostAlike;
}

/** Whether a failure is of the same kind as another: what the service says about it may differ by item. */
function isAlike(error: ApiError, other: unknown): boolean {
  return (
    other instanceof ApiError &&
    error.name === other.name &&
    error.status === other.status &&
    error.method === other.method
  );
}

/** A failure that every other request would meet as well. */
function isShared(error: unknown): boolean {
  // The service has another route for the operation.
  if (error instanceof ApiError && (error.status === 405 || error.status === 501)) {
    return true;
  }
  return [
    AuthenticationError,
    CancelledError,
    NotFoundError,
    PermissionDeniedError,
    UnreachableError,
  ].some((kind) => error instanceof kind);
}
