import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as it came in. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** How the server answers a request. */
export type Answer = (request: Received, response: ServerResponse) => void;

/** A server that answers as a spec says, byte for byte, for what the emulator never would. */
export class RawServer {
  /** What came in since the last `answers`. */
  received: Received[] = [];
  #answer: Answer = (_request, response) => response.end();
  #server: Server | undefined;

  /** On a free port, or on the one that it had before it was stopped. */
  async start(port = 0): Promise<void> {
    const server = createServer(async (request, response) => {
      const { method = "", url = "", headers } = request;
      const received = { method, url, headers, body: await text(request) };
      this.received.push(received);
      this.#answer(received, response);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  get origin(): string {
    assert.ok(this.#server, "the server runs within specs and hooks only");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on, every request is answered so. */
  answers(answer: Answer): void {
    this.received = [];
    this.#answer = answer;
  }

  /** From now on, every request is answered with this text, as JSON. */
  answersJson(json: string, status = 200): void {
    this.answers((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(json);
    });
  }
}

/** The head of a page, as proxies send one. */
export const html = { "content-type": "text/html; charset=utf-8" };

/** Answers with a status. */
export const status =
  (code: number, headers = {}, body = "") =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end(body);
  };

/** Breaks the connection. */
export function reset({ socket }: ServerResponse): void {
  socket?.resetAndDestroy();
}

/** Promises more than comes, and breaks the connection. */
export const half =
  (body: string) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { "content-length": 1_000 }).write(body, () => response.destroy());
  };

/** Never answers. */
export function silence(): void {}

/** Sends a little again and again, and never comes to an end. */
export function drip(response: ServerResponse): void {
  const dripping = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(dripping));
}

/** A raw server of its own for the describe block that calls this. */
export function useRawServer(): RawServer {
  const server = new RawServer();
  before(() => server.start());
  beforeEach(function () {
    this.currentTest?.timeout(60_000);
  });
  after(() => server.stop());
  return server;
}
