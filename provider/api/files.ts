import { openAsBlob } from "node:fs";
import ky, { HTTPError } from "ky";
import { errorOfStatus, type RequestFacts } from "./errors.ts";
import { networkError } from "./network.ts";

const responseTimeoutMs = 60_000;
/** A transfer that would take longer than this at 100 KiB/s is given up. */
const slowestBytesPerSecond = 100 * 1024;

/**
 * Sends a file to a signed URL, as a stream. Neither the key nor a redirect goes with it, and no error
 * names the URL's query, which is its permission.
 */
export async function putFile(signedUrl: string, file: string, contentType: string): Promise<void> {
  const body = await openAsBlob(file, { type: contentType });
  const timeout = responseTimeoutMs + Math.ceil((body.size / slowestBytesPerSecond) * 1000);
  await transfer("PUT", signedUrl, {
    body,
    headers: { "content-type": contentType },
    timeout: Math.min(timeout, 2 ** 31 - 1),
  });
}

/** True when a signed URL leads to a stored file. Reads its first byte only. */
export async function fileExists(signedUrl: string): Promise<boolean> {
  const response = await transfer("GET", signedUrl, {
    headers: { range: "bytes=0-0" },
    timeout: responseTimeoutMs,
    // An empty file has no first byte (416).
    throwHttpErrors: (status) => status !== 404 && status !== 416,
  });
  await response.body?.cancel();
  return response.status !== 404;
}

async function transfer(
  method: string,
  signedUrl: string,
  options: Parameters<typeof ky>[1],
): Promise<Response> {
  const { origin, pathname } = new URL(signedUrl);
  const facts: RequestFacts = { method, path: `${origin}${pathname}` };
  try {
    return await ky(signedUrl, {
      method,
      redirect: "manual",
      retry: method === "GET" ? 3 : 0,
      ...options,
    });
  } catch (cause) {
    // What ky throws holds the whole URL, so it does not become the cause.
    if (cause instanceof HTTPError) {
      throw errorOfStatus(
        { ...facts, status: cause.response.status },
        "The signed URL was not accepted, perhaps as it expired: run the update again",
      );
    }
    throw networkError(facts, cause, "Check the network");
  }
}
