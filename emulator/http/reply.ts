import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  content?: string | { file: string; size: number };
}

export function jsonReply(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    // An answer without a body has no content.
    ...(body !== undefined && { content: JSON.stringify(body) }),
  };
}

export async function send(response: ServerResponse, reply: Reply): Promise<void> {
  writeHead(response, reply);
  const { content } = reply;
  if (content === undefined || response.req.method === "HEAD") {
    response.end();
  } else if (typeof content === "string") {
    // Node sends text in one write with the headers.
    response.end(content);
  } else {
    await pipeline(createReadStream(content.file), response);
  }
}

/** Sends half of the content, then resets the connection. */
export async function sendHalf(response: ServerResponse, reply: Reply): Promise<void> {
  writeHead(response, reply);
  response.flushHeaders();
  const half = Math.floor(sizeOf(reply) / 2);
  const { content } = reply;
  if (typeof content === "string") {
    await write(response, Buffer.from(content).subarray(0, half));
  } else if (content !== undefined && half > 0) {
    await pipeline(createReadStream(content.file, { end: half - 1 }), response, { end: false });
  }
  reset(response);
}

/** Breaks the connection in the way that the client's socket reports as ECONNRESET. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function writeHead(response: ServerResponse, reply: Reply): void {
  // A 204 has neither a body nor a length.
  const length = reply.status === 204 ? {} : { "content-length": sizeOf(reply) };
  response.writeHead(reply.status, { ...reply.headers, ...length });
}

function sizeOf({ content }: Reply): number {
  return typeof content === "string" ? Buffer.byteLength(content) : (content?.size ?? 0);
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => resolve());
  });
}
