import ky, { HTTPError, type KyInstance, type Options, TimeoutError } from "ky";
import type { z } from "zod";
import type { PlatformClock } from "./clock.ts";
import {
  type ApiError,
  afterChange,
  CancelledError,
  type RequestFacts,
  ResponseError,
  toStatusError,
} from "./errors.ts";
import { parseJson } from "./int64.ts";
import type { Limiter } from "./limiter.ts";
import { isUntrusted, networkError, wasNeverSent } from "./network.ts";
import { type PageStart, pageOf, paginate } from "./pagination.ts";
import { fillPath, type Operation, type Routes } from "./routes.ts";
import { serverWords } from "./server-words.ts";

/** What the one-line call of an operation passes to `Http`. */
interface RequestOptions<T extends z.ZodType> {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly json?: unknown;
  readonly answer: T;
}

type QueryValue = string | number | readonly (string | number)[] | undefined;

/** How long each attempt may take, and how many times as long all of them may take together. */
export const defaultTimeoutMs = 30_000;
const totalTimeouts = 6;
const retries = 4;
/** With this limit, all retries fit into the total. */
const longestRetryAfters = 4 / 3;
/** The same, for files. */
export const longestRetryAfterMs: number = longestRetryAfters * defaultTimeoutMs;

/** What requests are sent with. */
interface HttpOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly routes: Routes;
  readonly limiter: Limiter;
  readonly clock: PlatformClock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Sends requests to the platform: route, key, timeouts, retries, errors, and the check of the answer. */
export class Http {
  readonly #ky: KyInstance;
  readonly #routes: Routes;
  readonly #apiKey: string;
  readonly #limiter: Limiter;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor({ baseUrl, apiKey, routes, limiter, clock, timeoutMs, signal }: HttpOptions) {
    this.#apiKey = apiKey;
    this.#limiter = limiter;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    this.#routes = routes;
    this.#ky = ky.create({
      prefix: baseUrl,
      headers: { "x-api-key": apiKey, "user-agent": "pulumi-ai-data-platform" },
      fetch: fetchWhole,
      // A redirect could carry the key to another host.
      redirect: "manual",
      timeout: timeoutMs,
      totalTimeout: totalTimeouts * timeoutMs,
      hooks: { afterResponse: [({ response }) => clock.observe(response.headers.get("date"))] },
      parseJson,
    });
  }

  async request<T extends z.ZodType>(
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    options: RequestOptions<T>,
  ): Promise<z.output<T>> {
    const route = this.#routes[operation];
    const path = fillPath(route.path, parameters);
    const facts = {
      method: route.method,
      path,
      ...(route.isInferred && { inferred: operation }),
    };
    let response: Response;
    let text: string;
    // How the last attempt failed, while the next one is waited for: the reason if the total time runs out meanwhile.
    let failure: Error | undefined;
    try {
      // Requests already sent are left to finish: aborting one would leave its outcome unknown.
      const refuseCancelled = () => {
        if (this.#signal?.aborted) {
          throw new CancelledError(facts);
        }
      };
      response = await this.#limiter.run((tooMany) => {
        refuseCancelled();
        return this.#ky(path.slice(1), {
          method: route.method,
          searchParams: searchParameters(options.query),
          retry: retryPolicy(route.repeatable, this.#timeoutMs, tooMany, (error) => {
            failure = error;
          }),
          hooks: {
            beforeRetry: [
              async () => {
                await this.#limiter.turn();
              },
              refuseCancelled,
              () => {
                failure = undefined;
              },
            ],
          },
          ...(options.json === undefined ? {} : { json: options.json }),
        });
      });
      text = await response.text();
    } catch (cause) {
      const last = cause instanceof TimeoutError ? (failure ?? cause) : cause;
      throw this.#toApiError(facts, last, options.json);
    }
    return readAnswer({ ...facts, ...this.#requestId(response) }, text, options.answer);
  }

  /** Every item of a listing, page by page. */
  list<T extends z.ZodType<{ id: string }>>(
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    start: PageStart,
    options: { query?: RequestOptions<T>["query"]; item: T },
  ): AsyncIterable<z.output<T>> {
    const { method, path } = this.#routes[operation];
    const answer = pageOf(options.item);
    return paginate<z.output<T>>(
      start,
      (at) =>
        this.request(operation, parameters, {
          query: { limit: 100, ...options.query, ...at },
          answer,
        }),
      () =>
        new ResponseError(
          { method, path: fillPath(path, parameters) },
          "sent the same page cursor twice, so the listing would never end",
          "Report it to the service",
        ),
    );
  }

  /** The server's id of a request, unless it repeats what was sent and so would reveal the key. */
  #requestId({ headers }: Response): { requestId?: string } {
    const requestId = headers.get("x-request-id");
    return requestId === null || requestId.includes(this.#apiKey) ? {} : { requestId };
  }

  #toApiError(facts: RequestFacts, cause: unknown, sent: unknown): ApiError {
    if (cause instanceof CancelledError) {
      return cause;
    }
    if (cause instanceof HTTPError) {
      const { status } = cause.response;
      const detail = serverWords(cause.data, this.#apiKey, sent);
      return toStatusError({
        ...facts,
        status,
        ...this.#requestId(cause.response),
        ...(detail !== "" && { detail }),
      });
    }
    return networkError(
      facts,
      cause,
      `Check aidp:baseUrl, or AIDP_BASE_URL, and the network; ${afterChange}`,
    );
  }
}

/** Reads the whole body within the attempt, so that reading it is timed, and losing it retried, like the rest. */
export async function fetchWhole(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  const body = await response.arrayBuffer();
  const { status, statusText, headers } = response;
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
}

/**
 * Any request is repeated if the server refused to start on it (429, or 503 with Retry-After) or was never reached.
 * Beyond that, only requests that are safe to send twice are repeated.
 */
function retryPolicy(
  repeatable: boolean,
  timeoutMs: number,
  tooMany: () => void,
  note: (failure: Error) => void,
): NonNullable<Options["retry"]> {
  return {
    limit: retries,
    methods: ["get", "put", "patch", "post", "delete"],
    maxRetryAfter: longestRetryAfters * timeoutMs,
    retryOnTimeout: true,
    jitter: true,
    shouldRetry: ({ error }) => {
      note(error);
      if (isUntrusted(error)) {
        return false;
      }
      if (error instanceof HTTPError && error.response.status === 429) {
        tooMany();
      }
      if (repeatable) {
        return undefined;
      }
      if (error instanceof HTTPError) {
        const { status, headers } = error.response;
        return status === 429 || (status === 503 && headers.has("retry-after")) ? undefined : false;
      }
      return wasNeverSent(error);
    },
  };
}

function searchParameters(query: RequestOptions<z.ZodType>["query"] = {}): string[][] {
  return Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) {
      return [];
    }
    const values = Array.isArray(value) ? value : [value];
    return values.map((each) => [name, String(each)]);
  });
}

/** What a body may wrap: an envelope called `data`, or a list called that. */
function* unwrapped(body: unknown): Generator<unknown> {
  if (typeof body === "object" && body !== null && "data" in body) {
    yield body.data;
    yield { ...body, items: body.data };
  }
}

function readAnswer<T extends z.ZodType>(
  facts: RequestFacts,
  text: string,
  answer: T,
): z.output<T> {
  let body: unknown;
  try {
    body = text === "" ? undefined : parseJson(text);
  } catch (cause) {
    throw new ResponseError(
      facts,
      "answered with something that is not JSON",
      "Check aidp:baseUrl: a proxy may have answered",
      cause,
    );
  }
  const result = answer.safeParse(body);
  if (result.success) {
    return result.data;
  }
  for (const inside of unwrapped(body)) {
    const { success, data } = answer.safeParse(inside);
    if (success) {
      return data;
    }
  }
  const [issue] = result.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new ResponseError(
    facts,
    `answered without a usable ${field === "" ? "body" : `"${field}"`} (${issue?.message ?? "unknown"})`,
    undefined,
    result.error,
  );
}
