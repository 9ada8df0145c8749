import { ApiError } from "../http/api-error.ts";
import type { JsonObject } from "../model.ts";
import type { Platform } from "../platform.ts";
import { type Dialect, type DialectAnswer, each, ofWorkItems } from "./dialect.ts";

const signals = ["signalWorkItem", "signalWorkItems"];
/** How long an asynchronous signal takes. */
const laterMs = 300;

/** What signals do, and how their effect shows. */
export const signalDialects = {
  "signals-later": {
    about: "a signal is answered by 202, and carried out a moment later",
    around: (exchange, next) => {
      if (!signals.includes(exchange.operation)) {
        return next(exchange);
      }
      const act = () => {
        try {
          next(exchange);
        } catch {
          // By then nobody is waiting for the answer.
        }
      };
      setTimeout(act, laterMs).unref();
      return { status: 202 };
    },
  },
  "signals-each": {
    about: "a signal to many is carried out for those that can take it, and answered by 207",
    around: (exchange, next) => {
      if (exchange.operation !== "signalWorkItems") {
        return next(exchange);
      }
      const { workItems } = exchange.body as { workItems: JsonObject[] };
      const items = workItems.map((item) => {
        const body = { ...(exchange.body as JsonObject), workItems: [item] };
        return { ...item, status: statusOf(() => next({ ...exchange, body, exact: body })) };
      });
      return { status: 207, body: { items } };
    },
  },
  "cancel-unlisted": {
    about: "a cancelled work item is listed no longer",
    around: each(["listWorkItems"], (item, { platform, params }) =>
      isCancelled(item, platform, params) ? undefined : item,
    ),
  },
  "cancel-status": {
    about: "a cancelled work item has the status CANCELLED",
    around: each(ofWorkItems, (item, { platform, params }) =>
      isCancelled(item, platform, params) ? { ...item, status: "CANCELLED" } : item,
    ),
  },
} satisfies Record<string, Dialect>;

function statusOf(send: () => DialectAnswer): number {
  try {
    return send().status;
  } catch (error) {
    if (error instanceof ApiError) {
      return error.status;
    }
    throw error;
  }
}

function isCancelled(
  { id, status }: JsonObject,
  { store }: Platform,
  { projectID }: JsonObject,
): boolean {
  const item = store.workItems.get(String(projectID), String(id));
  if (item === undefined || status !== "FAILED") {
    return false;
  }
  return (
    store.workItems.history(item).findLast(({ signal }) => signal !== undefined)?.signal ===
    "cancel"
  );
}
