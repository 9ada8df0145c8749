import type * as http from "node:http";
import type { KyInstance, Options } from "ky";
import { type ApiError, type RequestFacts, ResponseError, toStatusError } from "./errors.ts";
import { exchange, exchangeForStatus } from "./exchange.ts";
import { networkError } from "./network.ts";
import { defaultTimeoutMs, isStatusError, longestRetryAfterMs } from "./retry.ts";

/** How long a transfer may stall. As a whole it may take as long as the size of the file requires. */
const usualStandstillMs = 2 * defaultTimeoutMs;
/** A redirect could lead anywhere. */
const reading = {
  redirect: "manual",
  retry: { limit: 3, jitter: true, maxRetryAfter: longestRetryAfterMs },
} as const satisfies Options;

/** The content of a file to send. */
export interface FileContent {
  pieces: AsyncIterable<Uint8Array>;
  /** In bytes. */
  size: number;
  contentType: string;
}

/**
 * Sends a file to a signed URL, as a stream. It does not send the key or follow a redirect, and no error names the
 * URL's query, which is its permission.
 */
export async function putFile(
  signedUrl: string,
  { pieces, size, contentType }: FileContent,
  standstillMs: number = usualStandstillMs,
): Promise<void> {
  const url = new URL(signedUrl);
  const facts = factsOf("PUT", url);
  let answer: Answer;
  try {
    answer = await put(
      url,
      { "content-type": contentType, "content-length": size },
      pieces,
      standstillMs,
    );
  } catch (cause) {
    throw cause instanceof PageError
      ? pageError(facts)
      : networkError(facts, cause, "Check the network");
  }
  const { status, retryAfter } = answer;
  if (status < 200 || status >= 300) {
    throw notAccepted(facts, status, retryAfter);
  }
}

/** True when a signed URL leads to a stored file. Reads its first byte only. */
export async function fileExists(
  signedUrl: string,
  standstillMs: number = usualStandstillMs,
): Promise<boolean> {
  try {
    const { status } = await (await loadKy())(signedUrl, {
      ...reading,
      headers: { range: "bytes=0-0" },
      timeout: standstillMs,
      // An empty file has no first byte (416).
      throwHttpErrors: (status) => status !== 404 && status !== 416,
      // A storage service that does not know ranges sends all of the file.
      fetch: (request) => exchangeForStatus(request, { timeoutMs: standstillMs }),
    });
    return status !== 404;
  } catch (cause) {
    throw readError(signedUrl, cause);
  }
}

/** The text of the file that a signed URL leads to. */
export async function readFile(
  signedUrl: string,
  standstillMs: number = usualStandstillMs,
): Promise<string> {
  try {
    let text = "";
    await (await loadKy())(signedUrl, {
      ...reading,
      timeout: standstillMs,
      fetch: async (request) => {
        const answer = await exchange(request, { timeoutMs: standstillMs });
        text = answer.text;
        return answer.response;
      },
    });
    return text;
  } catch (cause) {
    throw readError(signedUrl, cause);
  }
}

/** The bytes of the file that a signed URL leads to, as they arrive. */
export async function* fileBytes(
  signedUrl: string,
  standstillMs: number = usualStandstillMs,
): AsyncGenerator<Uint8Array> {
  const standstill = new AbortController();
  const timer = setTimeout(() => {
    standstill.abort(new DOMException("The transfer stands still", "TimeoutError"));
  }, standstillMs);
  try {
    const { signal } = standstill;
    const { headers, body } = await (await loadKy())(signedUrl, {
      ...reading,
      timeout: false,
      signal,
    });
    if (isPage(headers.get("content-type"))) {
      throw new PageError();
    }
    for await (const bytes of body ?? []) {
      timer.refresh();
      yield bytes;
    }
  } catch (cause) {
    throw readError(signedUrl, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Loaded with the first transfer, as most starts of a program have none. */
async function loadKy(): Promise<KyInstance> {
  const { default: ky } = await import("ky");
  return ky;
}

/** What ky throws contains the whole URL, so it does not become the cause. */
function readError(signedUrl: string, cause: unknown): ApiError {
  const facts = factsOf("GET", new URL(signedUrl));
  if (cause instanceof PageError) {
    return pageError(facts);
  }
  return isStatusError(cause)
    ? notAccepted(facts, cause.response.status)
    : networkError(facts, cause, "Check the network");
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/**
 * Sends the pieces, but not with `fetch`: its streams take twice the processor time, which is what limits the transfer
 * of many small files, and it sends the length only of a `Blob`.
 */
function put(
  url: URL,
  headers: { "content-type": string; "content-length": number },
  pieces: AsyncIterable<Uint8Array>,
  standstillMs: number,
): Promise<Answer> {
  const { request: start } = process.getBuiltinModule(
    url.protocol === "https:" ? "node:https" : "node:http",
  );
  const request = start(url, { method: "PUT", headers, timeout: standstillMs });
  const sending = send(pieces, headers["content-length"], request).catch((error) =>
    request.destroy(error),
  );
  const stop = () => request.destroy(new DOMException("The transfer stands still", "TimeoutError"));
  let answering: NodeJS.Timeout | undefined;
  const answered = new Promise<Answer>((resolve, reject) => {
    request.on("error", reject);
    request.on("timeout", stop);
    // An answer that only trickles in would never count as stalled.
    request.on("finish", () => {
      answering = setTimeout(stop, standstillMs);
    });
    request.on("response", (response) => {
      let length = 0;
      response.on("data", (bytes: Uint8Array) => {
        length += bytes.length;
      });
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (!request.writableEnded) {
          // The server does not want the rest; what it says it has stored is then not the file.
          if (status < 300) {
            reject(new Error("the server answered before all was sent"));
          }
          request.destroy();
        }
        // The page comes from a proxy: a storage service answers nothing that a person would read, or nothing at all.
        if (status < 300 && length > 0 && isPage(response.headers["content-type"])) {
          reject(new PageError());
        }
        resolve({ status, retryAfter: response.headers["retry-after"] });
      });
    });
  });
  return answered.finally(() => {
    clearTimeout(answering);
    return sending;
  });
}

async function send(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
  request: http.ClientRequest,
): Promise<void> {
  let sent = 0;
  let giveUp: ((reason: Error) => void) | undefined;
  // A write to a connection that breaks, or is already broken, may never call back.
  const closed = new Error("the connection closed");
  request.once("close", () => giveUp?.(closed));
  for await (const piece of pieces) {
    sent += piece.length;
    // The callback comes once the piece has left and its memory may be used again.
    await new Promise<void>((resolve, reject) => {
      giveUp = reject;
      if (request.destroyed) {
        return reject(closed);
      }
      const left = (error?: Error | null): void => (error ? reject(error) : resolve());
      // The request ends with its last piece, because an answer may come before the file is closed.
      if (sent === size) {
        request.end(piece, left);
      } else {
        request.write(piece, left);
      }
    });
  }
  if (sent < size) {
    // The server would wait for the rest.
    throw new Error("the file became shorter");
  }
  // The request of a file without pieces has not ended yet.
  if (size === 0) {
    request.end();
  }
}

/** A page for people, where a file or the answer of a storage service was expected. */
class PageError extends Error {}

function isPage(contentType: string | null | undefined): boolean {
  return /^text\/html\b/i.test(contentType ?? "");
}

function pageError(facts: RequestFacts): ApiError {
  return new ResponseError(facts, "answered with a page", "A proxy may have answered: check it");
}

/** How long a Retry-After, in seconds or as a date, asks the client to wait. */
function waitOf(retryAfter = ""): number | undefined {
  const until = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(until) ? undefined : Math.min(Math.max(until, 0), longestRetryAfterMs);
}

function factsOf(method: string, { origin, pathname }: URL): RequestFacts {
  return { method, path: `${origin}${pathname}` };
}

function notAccepted(facts: RequestFacts, status: number, retryAfter?: string): ApiError {
  const retryAfterMs = waitOf(retryAfter);
  return toStatusError(
    { ...facts, status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    status === 413
      ? "The storage takes no file as large as this one: split it, or bring it to the space by other means"
      : "The signed URL was not accepted, perhaps as it expired: run the update again",
  );
}
