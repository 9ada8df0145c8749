import type * as http from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** The code of the error when no connection is made in time. */
export const connectTimeout = "CONNECT_TIMEOUT";

/** More of an answer is not read if only its status matters. */
const shortBytes = 64 * 1024;

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

type Input = string | URL | Request;

/**
 * Sends a request and reads the whole answer within the attempt, so that reading it is timed, and losing it retried, like
 * the rest. Without `fetch`: for small requests, its streams take more processor time than everything else together.
 */
export function exchange(input: Input, options: ExchangeOptions): Promise<Answer> {
  return attempt(input, options, async (incoming) => {
    const text = await readText(incoming);
    return { response: responseOf(incoming, text), text };
  });
}

/** The same if only the status matters, whatever is sent with it. */
export function exchangeForStatus(input: Input, options: ExchangeOptions): Promise<Response> {
  return attempt(input, options, async (incoming) => {
    await letGo(incoming);
    return responseOf(incoming, "");
  });
}

async function attempt<T>(
  input: Input,
  options: ExchangeOptions,
  read: (incoming: http.IncomingMessage) => Promise<T>,
): Promise<T> {
  const request = input instanceof Request ? input : new Request(input);
  request.signal.throwIfAborted();
  try {
    return await read(await send(request, options));
  } catch (cause) {
    request.signal.throwIfAborted();
    // These are the words by which ky knows that the network failed.
    throw new TypeError("fetch failed", { cause });
  }
}

function responseOf(incoming: http.IncomingMessage, text: string): Response {
  const { statusCode: status = 0, headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).map(([name, values = []]): [string, string] => [
    name,
    values.join(", "),
  ]);
  const isError = (status < 200 || status >= 300) && text !== "";
  return new Response(isError ? text : null, { status, headers });
}

function send(
  { method, url, headers, signal }: Request,
  { body, connectMs }: ExchangeOptions,
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
  const pieces: Buffer[] = [];
  await readAll(incoming, (piece) => pieces.push(piece));
  const bytes = Buffer.concat(pieces);
  const isZipped = incoming.headers["content-encoding"] === "gzip";
  return new TextDecoder().decode(isZipped ? await promisify(gunzip)(bytes) : bytes);
}

/** Reads a short answer, after which the connection can be used again. For a long one, that would take longer. */
async function letGo(incoming: http.IncomingMessage): Promise<void> {
  let length = 0;
  await readAll(incoming, (piece) => {
    length += piece.length;
    if (length > shortBytes) {
      incoming.destroy();
    }
  });
}

/** Ends with the answer, or when it is destroyed. */
function readAll(incoming: http.IncomingMessage, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on("data", take);
    incoming.on("error", reject);
    incoming.on("close", resolve);
  });
}
