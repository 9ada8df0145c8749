import type { HTTPError, Options } from "ky";
import { isUntrusted, wasNeverSent } from "./network.ts";

/** How long each attempt may take, and how many times as long all of them may take together. */
export const defaultTimeoutMs = 30_000;
export const totalTimeouts = 6;
const retries = 4;
/** With this limit, all retries fit into the total. */
const longestRetryAfters = 4 / 3;
/** The same, for files. */
export const longestRetryAfterMs: number = longestRetryAfters * defaultTimeoutMs;

/** Whether the server answered with an error. Ky is loaded late, so this goes by the name of its class. */
export function isStatusError(error: unknown): error is HTTPError {
  return error instanceof Error && error.name === "HTTPError";
}

/**
 * Any request is repeated if the server refused to start on it (429, or 503 with Retry-After) or was never reached.
 * Beyond that, only requests that are safe to send twice are repeated.
 */
export function retryPolicy(
  repeatable: boolean,
  timeoutMs: number,
  tooMany: () => void,
  note: (failure: Error) => void,
): NonNullable<Options["retry"]> {
  return {
    limit: retries,
    methods: ["get", "put", "patch", "post", "delete"],
    maxRetryAfter: longestRetryAfters * timeoutMs,
    retryOnTimeout: true,
    jitter: true,
    shouldRetry: ({ error }) => {
      note(error);
      if (isUntrusted(error)) {
        return false;
      }
      if (isStatusError(error) && error.response.status === 429) {
        tooMany();
      }
      if (repeatable) {
        return undefined;
      }
      if (isStatusError(error)) {
        const { status, headers } = error.response;
        return status === 429 || (status === 503 && headers.has("retry-after")) ? undefined : false;
      }
      return wasNeverSent(error);
    },
  };
}
