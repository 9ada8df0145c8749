import type { ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { pipeline } from "node:stream/promises";
import ky, { HTTPError } from "ky";
import { type ApiError, errorOfStatus, type RequestFacts } from "./errors.ts";
import { networkError } from "./network.ts";

/** How long a transfer may stand still. As a whole it may take as long as the file is large. */
const standstillMs = 60_000;
/** What is read of a file at once: most pictures in one piece. */
const pieceBytes = 256 * 1024;

/**
 * Sends a file to a signed URL, as a stream. Neither the key nor a redirect goes with it, and no error
 * names the URL's query, which is its permission.
 */
export async function putFile(signedUrl: string, file: string, contentType: string): Promise<void> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const bytes = handle.createReadStream({
    end: Math.max(size - 1, 0),
    highWaterMark: Math.min(Math.max(size, 1), pieceBytes),
  });
  const url = new URL(signedUrl);
  const facts = factsOf("PUT", url);
  let status: number;
  try {
    status = await put(url, contentType, size, bytes);
  } catch (cause) {
    throw networkError(facts, cause, "Check the network");
  }
  if (status < 200 || status >= 300) {
    throw notAccepted(facts, status);
  }
}

/** True when a signed URL leads to a stored file. Reads its first byte only. */
export async function fileExists(signedUrl: string): Promise<boolean> {
  const facts = factsOf("GET", new URL(signedUrl));
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
    // What ky throws holds the whole URL, so it does not become the cause.
    throw cause instanceof HTTPError
      ? notAccepted(facts, cause.response.status)
      : networkError(facts, cause, "Check the network");
  }
}

/**
 * Answers the status. Not by `fetch`: its streams take twice the processor time, which is what limits
 * many small files, and it sends a stream of known length from a `Blob` only.
 */
function put(url: URL, contentType: string, size: number, bytes: ReadStream): Promise<number> {
  const { request: start } = url.protocol === "https:" ? https : http;
  const headers = { "content-type": contentType, "content-length": size };
  return new Promise<number>((resolve, reject) => {
    const request = start(url, { method: "PUT", headers, timeout: standstillMs });
    request.once("timeout", () => {
      request.destroy(new DOMException("The transfer stands still", "TimeoutError"));
    });
    request.once("response", (response) => {
      response.once("error", reject);
      response.once("end", () => {
        resolve(response.statusCode ?? 0);
        // Refused before all was sent: the rest is not wanted.
        if (!request.writableFinished) request.destroy();
      });
      response.resume();
    });
    request.once("error", reject);
    pipeline(bytes, request).then(() => {
      // The server would wait for the rest.
      if (bytes.bytesRead < size) request.destroy(new Error("the file became shorter"));
    }, reject);
  });
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
