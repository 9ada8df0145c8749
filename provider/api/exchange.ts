import type * as http from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** The code of the error when no connection is made in time. */
export const connectTimeout = "CONNECT_TIMEOUT";

/** What goes beside a request. */
interface ExchangeOptions {
  /** JSON to send. A `Request` would make a stream of it. */
  body?: string | undefined;
  /** How long connecting may take, in milliseconds. */
  connectMs: number;
}

interface Answer {
  /** It has a body only if it is an error. */
  response: Response;
  text: string;
}

/**
 * Sends a request and reads the whole answer within the attempt, so that reading it is timed, and losing it retried, like
 * the rest. Without `fetch`: for small requests, its streams take more processor time than everything else together.
 */
export async function exchange(
  input: string | URL | Request,
  { body, connectMs }: ExchangeOptions,
): Promise<Answer> {
  const request = input instanceof Request ? input : new Request(input);
  request.signal.throwIfAborted();
  try {
    const incoming = await send(request, body, connectMs);
    const text = await readText(incoming);
    const { statusCode: status = 0, headersDistinct } = incoming;
    const headers = Object.entries(headersDistinct).map(([name, values = []]): [string, string] => [
      name,
      values.join(", "),
    ]);
    const isError = (status < 200 || status >= 300) && text !== "";
    return { response: new Response(isError ? text : null, { status, headers }), text };
  } catch (cause) {
    request.signal.throwIfAborted();
    // These are the words by which ky knows that the network failed.
    throw new TypeError("fetch failed", { cause });
  }
}

function send(
  { method, url, headers, signal }: Request,
  body: string | undefined,
  connectMs: number,
): Promise<http.IncomingMessage> {
  const { request: start } = process.getBuiltinModule(
    url.startsWith("https:") ? "node:https" : "node:http",
  );
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method,
      signal,
      headers: {
        ...Object.fromEntries(headers),
        "accept-encoding": "gzip",
        ...(body !== undefined && {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        }),
      },
    });
    request.on("response", resolve);
    request.on("error", reject);
    request.on("socket", (socket) => {
      if (socket.connecting) {
        const tooLong = Object.assign(new Error("no connection"), { code: connectTimeout });
        const timer = setTimeout(() => request.destroy(tooLong), connectMs);
        socket.once("connect", () => clearTimeout(timer));
        socket.once("close", () => clearTimeout(timer));
      }
    });
    request.end(body);
  });
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const pieces = await new Promise<Buffer[]>((resolve, reject) => {
    const read: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => read.push(piece));
    incoming.on("end", () => resolve(read));
    incoming.on("error", reject);
  });
  const bytes = Buffer.concat(pieces);
  const isZipped = incoming.headers["content-encoding"] === "gzip";
  return new TextDecoder().decode(isZipped ? await promisify(gunzip)(bytes) : bytes);
}
