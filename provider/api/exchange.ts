import type * as http from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

/** The code of the error when no connection is made in time. */
export const connectTimeout = "CONNECT_TIMEOUT";

/** More of an answer is not read if only its status matters. */
const shortBytes = 64 * 1024;

/** By `Content-Encoding`. We ask for the first only, but a file may be stored in another one. */
const decoders: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** What goes beside a request. */
interface ExchangeOptions {
  /** JSON to send. A `Request` would make a stream of it. */
  body?: string | undefined;
  /** How long nothing may move, in milliseconds; connecting may take a third of it. */
  timeoutMs: number;
}

interface Answer {
  /** It has a body only if it is an error. */
  response: Response;
  text: string;
}

/** What ky calls its `fetch` with; it is always a `Request`. */
type Input = string | URL | Request;

/**
 * Sends a request and reads the whole answer within the attempt, so that reading it is timed, and losing it retried, like
 * the rest. Without `fetch`: for small requests, its streams take more processor time than everything else together.
 */
export function exchange(input: Input, options: ExchangeOptions): Promise<Answer> {
  return attempt(input, options, async (incoming) => {
    const bytes = await readAll(incoming);
    return { response: responseOf(incoming, bytes), text: new TextDecoder().decode(bytes) };
  });
}

/** The same if only the status matters: reads no more of the body than the connection needs to be used again. */
export function exchangeForStatus(input: Input, options: ExchangeOptions): Promise<Response> {
  return attempt(input, options, async (incoming) => {
    await letGo(incoming);
    return responseOf(incoming);
  });
}

async function attempt<T>(
  input: Input,
  options: ExchangeOptions,
  read: (incoming: http.IncomingMessage) => Promise<T>,
): Promise<T> {
  const request = input as Request;
  request.signal.throwIfAborted();
  try {
    return await read(await send(request, options));
  } catch (cause) {
    request.signal.throwIfAborted();
    // These are the words by which ky knows that the network failed.
    throw new TypeError("fetch failed", { cause });
  }
}

function responseOf(incoming: http.IncomingMessage, bytes?: Buffer): Response {
  const { statusCode: status = 0 } = incoming;
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const isError = status < 200 || status >= 300;
  const body = isError && bytes !== undefined && bytes.length > 0 ? new Uint8Array(bytes) : null;
  return new Response(body, { status, headers });
}

function send(
  { method, url, headers, signal }: Request,
  { body, timeoutMs }: ExchangeOptions,
): Promise<http.IncomingMessage> {
  const isSecure = url.startsWith("https:");
  const { request: start } = process.getBuiltinModule(isSecure ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method,
      signal,
      timeout: timeoutMs,
      headers: {
        accept: "*/*",
        "user-agent": "pulumi-ai-data-platform",
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
    // Ky gives up by itself, but cannot always stop an attempt that is not the first.
    request.on("timeout", () => request.destroy(new DOMException("no answer", "TimeoutError")));
    request.on("socket", (socket) => {
      if (socket.connecting) {
        const tooLong = Object.assign(new Error("no connection"), { code: connectTimeout });
        const timer = setTimeout(() => request.destroy(tooLong), timeoutMs / 3);
        socket.once(isSecure ? "secureConnect" : "connect", () => clearTimeout(timer));
        socket.once("close", () => clearTimeout(timer));
      }
    });
    request.end(body);
  });
}

async function readAll(incoming: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await ended(incoming, (piece) => pieces.push(piece));
  const bytes = Buffer.concat(pieces);
  const decode = decoders[incoming.headers["content-encoding"]?.toLowerCase() ?? ""];
  return decode === undefined || bytes.length === 0 ? bytes : decode(bytes);
}

/** Reads a short answer. A longer one is cut off, as a new connection costs less. */
async function letGo(incoming: http.IncomingMessage): Promise<void> {
  let length = 0;
  await ended(incoming, (piece) => {
    length += piece.length;
    if (length > shortBytes) {
      incoming.destroy();
    }
  });
}

/** Resolves when the answer has ended or was destroyed; rejects if the connection broke. */
function ended(incoming: http.IncomingMessage, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on("data", take);
    incoming.on("error", reject);
    incoming.on("close", resolve);
  });
}
