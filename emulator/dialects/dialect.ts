import type { ApiError } from "../http/api-error.ts";
import type { JsonObject } from "../model.ts";
import type { Answer, Platform } from "../platform.ts";

// Much of the real service is inferred. A dialect answers one open question differently from the emulator's default, as
// the real service might. The emulator can speak several dialects at once.

/** A valid request of an operation, with what it takes to answer it. */
export interface Exchange {
  readonly operation: string;
  readonly params: JsonObject;
  readonly query: JsonObject;
  readonly body: unknown;
  readonly exact: unknown;
  readonly platform: Platform;
}

/** What is sent back: JSON, unless there is `text`. */
export interface DialectAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly type?: string;
}

type Next = (exchange: Exchange) => DialectAnswer;

/** A different answer to one open question of the API. */
export interface Dialect {
  /** What the service does differently. */
  readonly about: string;
  /** The routes that it has instead, by operation: `"POST /projects/{projectID}/…"`. */
  readonly routes?: Readonly<Record<string, string>>;
  /** How it changes a request and the answer to it. */
  readonly around?: (exchange: Exchange, next: Next) => DialectAnswer;
  /** How it presents an error. */
  readonly error?: (error: ApiError, operation: string) => DialectAnswer;
}

/** Answers a request in several dialects. The last of them is closest to the handler. */
export function speak(
  dialects: readonly Dialect[],
  exchange: Exchange,
  handler: (exchange: Exchange) => Answer,
): DialectAnswer {
  const next = dialects.reduceRight<Next>((inner, { around }) => {
    return around === undefined ? inner : (each) => around(each, inner);
  }, handler);
  return next(exchange);
}

/** Changes the requests of some operations before they are carried out. */
export function asking(
  operations: readonly string[],
  change: (exchange: Exchange) => Partial<Exchange>,
): NonNullable<Dialect["around"]> {
  return (exchange, next) =>
    next(operations.includes(exchange.operation) ? { ...exchange, ...change(exchange) } : exchange);
}

/** Changes the body of requests for new work items or new labels before it is stored. */
export function storing(
  operations: readonly string[],
  change: (body: JsonObject) => JsonObject,
): NonNullable<Dialect["around"]> {
  return asking(operations, ({ body, exact }) => ({
    body: change(body as JsonObject),
    exact: change(exact as JsonObject),
  }));
}

/** Changes the answers of some operations before they are sent. */
export function answering(
  operations: readonly string[],
  change: (answer: DialectAnswer, exchange: Exchange) => DialectAnswer,
): NonNullable<Dialect["around"]> {
  return (exchange, next) => {
    const answer = next(exchange);
    return operations.includes(exchange.operation) ? change(answer, exchange) : answer;
  };
}

/** Changes every object of a kind in an answer, whether it is alone or in a list. */
export function each(
  operations: readonly string[],
  change: (object: JsonObject, exchange: Exchange) => JsonObject | undefined,
): NonNullable<Dialect["around"]> {
  return answering(operations, (answer, exchange) => {
    const body = answer.body as JsonObject | undefined;
    if (body === undefined) {
      return answer;
    }
    const { items } = body;
    const changed = Array.isArray(items)
      ? { ...body, items: items.flatMap((item) => change(item, exchange) ?? []) }
      : (change(body, exchange) ?? body);
    return { ...answer, body: changed };
  });
}

export const ofWorkItems = ["createWorkItem", "listWorkItems", "signalWorkItem"];
export const ofBatches = ["createBatch", "listBatches", "updateBatch"];
