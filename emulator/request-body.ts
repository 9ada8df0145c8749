import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import { parseExact } from "./exact-json.ts";

const maxBytes = 2 * 1024 * 1024;

/** A body with numbers as JavaScript has them, and with all their digits. */
export interface JsonBody {
  rounded: unknown;
  exact: unknown;
}

/** Reads a JSON body; both are undefined when there is none. */
export async function readJsonBody(request: IncomingMessage): Promise<JsonBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  // An oversized body is read to its end and dropped: closing early would break the connection
  // before the client has read the answer.
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
    }
  }
  if (size > maxBytes) {
    throw new ApiError(413, "BODY_TOO_LARGE", `The body is larger than ${maxBytes} bytes`);
  }
  if (size === 0) {
    return { rounded: undefined, exact: undefined };
  }
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(400, "CONTENT_TYPE", "The Content-Type of a body must be application/json");
  }
  const text = Buffer.concat(chunks).toString();
  const body = parse(text);
  // The validator would parse a JSON text inside a JSON string once more.
  if (typeof body === "string") {
    throw new ApiError(400, "VALIDATION_FAILED", "The request is not valid: body must be object");
  }
  return { rounded: body, exact: parseExact(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, "INVALID_JSON", `The body is not JSON: ${String(error)}`);
  }
}
