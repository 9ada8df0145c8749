import type { KyInstance } from "ky";
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
import { exchange } from "./exchange.ts";
import { parseJson } from "./int64.ts";
import type { Limiter } from "./limiter.ts";
import { networkError } from "./network.ts";
import { itemsPerPage, type PageStart, pageOf, paginate } from "./pagination.ts";
import { isStatusError, retryPolicy, totalTimeouts } from "./retry.ts";
import { fillPath, type Operation, type Routes } from "./routes.ts";
import { serverWords } from "./server-words.ts";

/** What the one-line call of an operation passes to `Http`. */
interface RequestOptions<T extends z.ZodType> {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly json?: unknown;
  readonly answer: T;
}

type QueryValue = string | number | readonly (string | number)[] | undefined;

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
  readonly #options: HttpOptions;
  #ky: Promise<KyInstance> | undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async request<T extends z.ZodType>(
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    options: RequestOptions<T>,
  ): Promise<z.output<T>> {
    const route = this.#options.routes[operation];
    const path = fillPath(route.path, parameters);
    const facts = {
      method: route.method,
      path,
      ...(route.isInferred && { inferred: operation }),
    };
    this.#ky ??= this.#loadKy();
    const ky = await this.#ky;
    const body = options.json === undefined ? undefined : JSON.stringify(options.json);
    let response: Response;
    let text = "";
    // How the last attempt failed, while the next one is waited for: the reason if the total time runs out meanwhile.
    let failure: Error | undefined;
    try {
      // Requests already sent are left to finish: aborting one would leave its outcome unknown.
      const refuseCancelled = () => {
        if (this.#options.signal?.aborted) {
          throw new CancelledError(facts);
        }
      };
      response = await this.#options.limiter.run((tooMany) => {
        refuseCancelled();
        return ky(path.slice(1), {
          method: route.method,
          searchParams: searchParameters(options.query),
          retry: retryPolicy(route.repeatable, this.#options.timeoutMs, tooMany, (error) => {
            failure = error;
          }),
          hooks: {
            beforeRetry: [
              async () => {
                await this.#options.limiter.turn();
              },
              refuseCancelled,
              () => {
                failure = undefined;
              },
            ],
          },
          fetch: async (request) => {
            const answer = await exchange(request, { body, timeoutMs: this.#options.timeoutMs });
            this.#options.clock.observe(answer.response.headers.get("date"));
            text = answer.text;
            return answer.response;
          },
        });
      });
    } catch (cause) {
      const isOver = cause instanceof Error && cause.name === "TimeoutError";
      const last = isOver ? (failure ?? cause) : cause;
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
    const { method, path } = this.#options.routes[operation];
    const answer = pageOf(options.item);
    return paginate<z.output<T>>(
      start,
      (at) =>
        this.request(operation, parameters, {
          query: { limit: itemsPerPage, ...options.query, ...at },
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

  /** Ky is loaded with the first request: a program's preview sends none, and would wait for it. */
  async #loadKy(): Promise<KyInstance> {
    const { default: ky } = await import("ky");
    return ky.create({
      prefix: this.#options.baseUrl,
      headers: { "x-api-key": this.#options.apiKey },
      // A redirect could carry the key to another host.
      redirect: "manual",
      timeout: this.#options.timeoutMs,
      totalTimeout: totalTimeouts * this.#options.timeoutMs,
      parseJson,
    });
  }

  /** The server's id of a request, unless it repeats what was sent and so would reveal the key. */
  #requestId({ headers }: Response): { requestId?: string } {
    const requestId = headers.get("x-request-id");
    return requestId === null || requestId.includes(this.#options.apiKey) ? {} : { requestId };
  }

  #toApiError(facts: RequestFacts, cause: unknown, sent: unknown): ApiError {
    if (cause instanceof CancelledError) {
      return cause;
    }
    if (isStatusError(cause)) {
      const { status } = cause.response;
      const detail = serverWords(cause.data, this.#options.apiKey, sent);
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
