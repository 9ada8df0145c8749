import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import { parseExact } from "./exact-json.ts";

const maxBytes = 2 * 1024 * 1024;
/** How much of a body is read and dropped at most. */
const maxDropped = 64 * 1024 * 1024;

/** A body, once with numbers as JavaScript rounds them and once with all their digits. */
export interface JsonBody {
  rounded: unknown;
  exact: unknown;
}

/** Reads a JSON body. Both forms are undefined if there is none. */
export async function readJsonBody(request: IncomingMessage): Promise<JsonBody> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) {
    return { rounded: undefined, exact: undefined };
  }
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(400, "CONTENT_TYPE", "The Content-Type of a body must be application/json");
  }
  const { text, body } = parse(bytes);
  // The validator would parse JSON text inside a JSON string once more.
  if (typeof body === "string") {
    throw new ApiError(400, "VALIDATION_FAILED", "The request is not valid: body must be object");
  }
  if (/\\ud[89a-f]|\de\+?\d|\d{309}/i.test(text)) {
    JSON.parse(text, refuseUnstorable);
  }
  return { rounded: body, exact: parseExact(text) };
}

/**
 * Refuses half of a character, which only an escape can write in UTF-8, and a number like 1e400: neither can be stored.
 */
function refuseUnstorable(key: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new ApiError(400, "VALIDATION_FAILED", "The body has a number that is too large");
  }
  if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) {
    throw new ApiError(
      400,
      "VALIDATION_FAILED",
      "The body has half of a character: a lone surrogate",
    );
  }
  return value;
}

/** Reads the rest of a body that was answered before its end, but not forever. */
export async function dropRest(request: IncomingMessage): Promise<void> {
  if (request.complete) {
    return;
  }
  const { socket } = request;
  let size = 0;
  for await (const { length } of request) {
    size += length;
    if (size > maxDropped) {
      socket.destroy();
    }
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const { "content-length": length = 0, "transfer-encoding": coding } = request.headers;
  // One buffer, because a body may come in millions of chunks, each of which takes more memory than its bytes.
  const bytes = Buffer.allocUnsafe(
    coding === undefined ? Math.min(Number(length), maxBytes) : maxBytes,
  );
  let size = 0;
  // An oversized body is read to its end and dropped: closing early would break the connection before the client has
  // read the answer.
  for await (const chunk of request) {
    if (size + chunk.length <= bytes.length) {
      chunk.copy(bytes, size);
    }
    size += chunk.length;
    if (size > maxBytes + maxDropped) {
      break;
    }
  }
  if (size > maxBytes) {
    throw new ApiError(413, "BODY_TOO_LARGE", `The body is larger than ${maxBytes} bytes`);
  }
  return bytes.subarray(0, size);
}

function parse(bytes: Buffer): { text: string; body: unknown } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, body: JSON.parse(text) };
  } catch (error) {
    throw new ApiError(400, "INVALID_JSON", `The body is not JSON: ${String(error)}`);
  }
}
