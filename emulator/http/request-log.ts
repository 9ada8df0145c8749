import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface LoggedRequest {
  id: number;
  at: string;
  method: string;
  path: string;
  /** The query without signatures. */
  query: string;
  /** Missing if the connection ended without an answer. */
  status?: number;
  milliseconds: number;
  /** What an ordered fault did to the request. */
  fault?: string;
}

const maxRemembered = 300;
const maxLength = 500;

/** The latest requests for the API and for files. */
export class RequestLog {
  readonly changes = new EventEmitter<{ logged: [] }>();
  readonly #faults = new WeakMap<ServerResponse, string>();
  readonly #requests: LoggedRequest[] = [];
  #lastId = 0;

  /** Logs a request once it has ended. */
  watch(request: IncomingMessage, response: ServerResponse, path: string, search: string): void {
    const at = new Date().toISOString();
    const begin = performance.now();
    response.once("close", () => {
      const fault = this.#faults.get(response);
      this.#lastId += 1;
      this.#requests.push({
        id: this.#lastId,
        at,
        method: request.method ?? "",
        path: path.slice(0, maxLength),
        query: redact(search).slice(0, maxLength),
        ...(response.headersSent && { status: response.statusCode }),
        milliseconds: Math.round(performance.now() - begin),
        ...(fault !== undefined && { fault }),
      });
      if (this.#requests.length > maxRemembered) {
        this.#requests.shift();
      }
      this.changes.emit("logged");
    });
  }

  noteFault(response: ServerResponse, fault: string): void {
    this.#faults.set(response, fault);
  }

  /** The requests, newest first. */
  list(): LoggedRequest[] {
    return this.#requests.toReversed();
  }
}

function redact(search: string): string {
  return search
    .split("&")
    .map((pair) => {
      // A name may be percent-encoded.
      const [name = ""] = new URLSearchParams(pair).keys();
      return name.toLowerCase() === "signature" ? `${name}=…` : pair;
    })
    .join("&");
}
