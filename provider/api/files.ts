import { stat } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import ky, { HTTPError } from "ky";
import { type ApiError, errorOfStatus, type RequestFacts } from "./errors.ts";
import { fetchWhole } from "./http.ts";
import { networkError } from "./network.ts";
import { piecesOf } from "./pieces.ts";

/** How long a transfer may stand still. As a whole it may take as long as the file is large. */
const standstillMs = 60_000;

/**
 * Sends a file to a signed URL, as a stream. Neither the key nor a redirect goes with it, and no error
 * names the URL's query, which is its permission.
 */
export async function putFile(signedUrl: string, file: string, contentType: string): Promise<void> {
  const url = new URL(signedUrl);
  const facts = factsOf("PUT", url);
  const { size } = await stat(file);
  let status: number;
  try {
    status = await put(
      url,
      { "content-type": contentType, "content-length": size },
      piecesOf(file, size),
    );
  } catch (cause) {
    throw networkError(facts, cause, "Check the network");
  }
  if (status < 200 || status >= 300) {
    throw notAccepted(facts, status);
  }
}

/** True when a signed URL leads to a stored file. Reads its first byte only. */
export async function fileExists(signedUrl: string): Promise<boolean> {
  try {
    const response = await ky(signedUrl, {
      headers: { range: "bytes=0-0" },
      redirect: "manual",
      retry: 3,
      timeout: standstillMs,
      // An empty file has no first byte (416).
      throwHttpErrors: (status) => status !== 404 && status !== 416,
    });
    await response.body?.cancel();
    return response.status !== 404;
  } catch (cause) {
    throw readError(signedUrl, cause);
  }
}

/** The text of the file that a signed URL leads to. */
export async function readFile(signedUrl: string): Promise<string> {
  try {
    const options = { redirect: "manual", retry: 3, timeout: standstillMs } as const;
    return await ky(signedUrl, { ...options, fetch: fetchWhole }).text();
  } catch (cause) {
    throw readError(signedUrl, cause);
  }
}

/** The bytes of the file that a signed URL leads to, as they come. */
export async function* fileBytes(signedUrl: string): AsyncGenerator<Uint8Array> {
  const standstill = new AbortController();
  const timer = setTimeout(() => {
    standstill.abort(new DOMException("The transfer stands still", "TimeoutError"));
  }, standstillMs);
  try {
    const { signal } = standstill;
    const options = { redirect: "manual", retry: 3, timeout: false, signal } as const;
    for await (const bytes of (await ky(signedUrl, options)).body ?? []) {
      timer.refresh();
      yield bytes;
    }
  } catch (cause) {
    throw readError(signedUrl, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** What ky throws holds the whole URL, so it does not become the cause. */
function readError(signedUrl: string, cause: unknown): ApiError {
  const facts = factsOf("GET", new URL(signedUrl));
  return cause instanceof HTTPError
    ? notAccepted(facts, cause.response.status)
    : networkError(facts, cause, "Check the network");
}

/**
 * Answers the status. Not by `fetch`: its streams take twice the processor time, which is what limits
 * many small files, and it tells the length of a `Blob` only.
 */
function put(
  url: URL,
  headers: { "content-type": string; "content-length": number },
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { request: start } = url.protocol === "https:" ? https : http;
  const request = start(url, { method: "PUT", headers, timeout: standstillMs });
  const sending = send(pieces, headers["content-length"], request).catch((error) =>
    request.destroy(error),
  );
  const answered = new Promise<number>((resolve, reject) => {
    request.on("error", reject);
    request.on("timeout", () => {
      request.destroy(new DOMException("The transfer stands still", "TimeoutError"));
    });
    request.on("response", (response) => {
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (!request.writableEnded) {
          // The rest is not wanted; what is told to be stored then is not the file.
          if (status < 300) reject(new Error("the server answered before all was sent"));
          request.destroy();
        }
        resolve(status);
      });
      response.resume();
    });
  });
  return answered.finally(() => sending);
}

async function send(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
  request: http.ClientRequest,
): Promise<void> {
  let sent = 0;
  let giveUp: ((reason: Error) => void) | undefined;
  // A write on a connection that has just broken may never be called back.
  request.once("close", () => giveUp?.(new Error("the connection closed")));
  for await (const piece of pieces) {
    // The callback comes when the piece has left, and its memory may be used again.
    await new Promise<void>((resolve, reject) => {
      giveUp = reject;
      request.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    sent += piece.length;
  }
  if (sent < size) {
    // The server would wait for the rest.
    throw new Error("the file became shorter");
  }
  request.end();
}

function factsOf(method: string, { origin, pathname }: URL): RequestFacts {
  return { method, path: `${origin}${pathname}` };
}

function notAccepted(facts: RequestFacts, status: number): ApiError {
  return errorOfStatus(
    { ...facts, status },
    "The signed URL was not accepted, perhaps as it expired: run the update again",
  );
}
