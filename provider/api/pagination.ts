import { z } from "zod";

/** How many items each page of a listing has at most. */
export const itemsPerPage = 100;

/** The direction in which a listing is walked. */
type PageDirection = "NEXT" | "PREV";

const cursor = z.string().nullish();
/** An empty cursor counts as none. */
const isCursor = (text: string | null | undefined) => text != null && text !== "";

/** The schema of one page of `item`. It reads both the published names of the cursors and the vendor's. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({
    // Some servers send an empty list as null.
    items: z
      .array(item)
      .nullable()
      .transform((items) => items ?? []),
    meta: z
      .looseObject({
        cursor_next: cursor,
        cursorNext: cursor,
        cursor_prev: cursor,
        cursorPrev: cursor,
      })
      .transform((meta) => ({
        NEXT: [meta.cursor_next, meta.cursorNext].find(isCursor),
        PREV: [meta.cursor_prev, meta.cursorPrev].find(isCursor),
      }))
      .nullish(),
  });

interface Page<T> {
  items: T[];
  meta?: Partial<Record<PageDirection, string | null | undefined>> | null | undefined;
}

/** Where a listing starts. Default: its beginning, forwards. */
export interface PageStart {
  cursor?: string;
  page?: PageDirection;
}

/**
 * Every item of a keyset listing, each once. The listing ends when the server sends no cursor; an empty page with a
 * cursor does not end it. If a cursor repeats, the listing would never end, so it throws the error `endless`.
 */
export async function* paginate<T extends { id: string }>(
  start: PageStart,
  fetchPage: (at: PageStart) => Promise<Page<T>>,
  endless: () => Error,
): AsyncGenerator<T, void, undefined> {
  const direction = start.page ?? "NEXT";
  const seenCursors = new Set<string>();
  const seenItems = new Set<string>();
  let at = start;
  for (;;) {
    const { items, meta } = await fetchPage(at);
    for (const item of items) {
      if (!seenItems.has(item.id)) {
        seenItems.add(item.id);
        yield item;
      }
    }
    const cursor = meta?.[direction];
    if (cursor == null) {
      return;
    }
    if (seenCursors.has(cursor)) {
      throw endless();
    }
    seenCursors.add(cursor);
    at = { cursor, page: direction };
  }
}
