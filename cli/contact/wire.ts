import { parseJson } from "../../provider/api/int64.ts";
import { networkError } from "../../provider/api/network.ts";
import { fillPath, type Operation, type Routes } from "../../provider/api/routes.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";

/** An answer, unchanged. */
export interface WireAnswer {
  status: number;
  type: string;
  /** The body, if it is JSON. */
  body: unknown;
}

interface Request {
  query?: Readonly<Record<string, string | readonly string[]>>;
  json?: unknown;
}

const patienceMs = 30_000;

/** Sends each request to the platform once, and returns the answer unchanged. */
export class Wire {
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly routes: Routes;

  constructor(baseUrl: string, apiKey: string, routes: Routes) {
    this.#baseUrl = baseUrl;
    this.#apiKey = apiKey;
    this.routes = routes;
  }

  async ask(
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    { query = {}, json }: Request = {},
    { method, path }: { method: string; path: string } = this.routes[operation],
  ): Promise<WireAnswer> {
    const place = fillPath(path, parameters);
    const url = new URL(`${this.#baseUrl}${place}`);
    for (const [name, value] of Object.entries(query)) {
      for (const each of [value].flat()) {
        url.searchParams.append(name, each);
      }
    }
    try {
      const response = await fetch(url, {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          "x-api-key": this.#apiKey,
          ...(json !== undefined && { "content-type": "application/json" }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      });
      const { status, headers } = response;
      const text = await response.text();
      return { status, type: headers.get("content-type") ?? "", body: jsonIn(text) };
    } catch (error) {
      throw new Refusal(
        networkError({ method, path: place }, error, "Run `aidp doctor` first").message,
      );
    }
  }
}

function jsonIn(text: string): unknown {
  try {
    return text === "" ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}
