import { ApiError } from "../http/api-error.ts";
import type { JsonObject } from "../model.ts";
import { answering, asking, type Dialect, each, ofWorkItems } from "./dialect.ts";

const lists = ["listWorkItems", "listBatches", "listExports"];

function without(filter: string): NonNullable<Dialect["around"]> {
  return asking(["listWorkItems"], ({ query: { [filter]: _, ...query } }) => ({ query }));
}

/** How listings answer. */
export const listDialects = {
  "unknown-ids-404": {
    about: "a list of work items by id answers 404 where it does not know one of them",
    around: asking(["listWorkItems"], ({ query, params, platform }) => {
      const { workItemIDs } = query;
      const isKnown = (id: unknown) =>
        platform.store.workItems.get(String(params.projectID), String(id)) !== undefined;
      if (Array.isArray(workItemIDs) && !workItemIDs.every(isKnown)) {
        throw new ApiError(404, "NOT_FOUND", "Some work items are unknown");
      }
      return {};
    }),
  },
  "ids-ignored": { about: "the filter workItemIDs is ignored", around: without("workItemIDs") },
  "batches-ignored": { about: "the filter batchIds is ignored", around: without("batchIds") },
  "status-ignored": { about: "the filter status is ignored", around: without("status") },
  "created-ignored": {
    about: "the filter createdAtFrom is ignored",
    around: without("createdAtFrom"),
  },
  "newest-first": {
    about: "lists have the newest first",
    around: (exchange, next) => {
      if (!lists.includes(exchange.operation)) {
        return next(exchange);
      }
      const page = exchange.query.page === "PREV" ? "NEXT" : "PREV";
      const answer = next({ ...exchange, query: { ...exchange.query, page } });
      const body = answer.body as { items: unknown[]; meta: JsonObject };
      const { cursor_next, cursor_prev, ...meta } = body.meta;
      const turned = { ...meta, cursor_next: cursor_prev, cursor_prev: cursor_next };
      return { ...answer, body: { ...body, items: body.items.toReversed(), meta: turned } };
    },
  },
  unordered: {
    about: "the items of a page are in no order",
    around: answering(lists, (answer) => {
      const body = answer.body as { items: unknown[] };
      const [even, odd] = [0, 1].map((rest) => body.items.filter((_, index) => index % 2 === rest));
      return { ...answer, body: { ...body, items: [...(odd ?? []), ...(even ?? [])] } };
    }),
  },
  "short-pages": {
    about: "pages have at most 3 items, whatever is asked for",
    around: asking(lists, ({ query }) => ({
      query: { ...query, limit: Math.min(3, Number(query.limit)) },
    })),
  },
  "cursors-camel-case": {
    about: "the cursors are named cursorNext and cursorPrev",
    around: answering(lists, (answer) => {
      const body = answer.body as { meta: JsonObject };
      const { cursor_next, cursor_prev, ...meta } = body.meta;
      const cursors = { cursorNext: cursor_next ?? null, cursorPrev: cursor_prev ?? null };
      return { ...answer, body: { ...body, meta: { ...meta, ...cursors } } };
    }),
  },
  "ids-as-text": {
    about: "ids that are numbers are answered as text",
    around: (exchange, next) => {
      const text = (object: JsonObject): JsonObject => {
        const names = ["id", "batchId", "assetId"].filter(
          (name) => typeof object[name] === "number",
        );
        return { ...object, ...Object.fromEntries(names.map((name) => [name, `${object[name]}`])) };
      };
      const kinds = [...ofWorkItems, "createBatch", "listBatches", "updateBatch"];
      return each(kinds, text)(exchange, next);
    },
  },
} satisfies Record<string, Dialect>;
