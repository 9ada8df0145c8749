import { z } from "zod";

/** The direction in which a listing is walked. */
type PageDirection = "NEXT" | "PREV";

/** The schema of one page of `item`. The published names of the cursors and the vendor's are both read. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({
    items: z.array(item),
    meta: z
      .looseObject({
        cursor_next: z.string().nullish(),
        cursor_prev: z.string().nullish(),
        cursorNext: z.string().nullish(),
        cursorPrev: z.string().nullish(),
      })
      .nullish(),
  });

interface Page<T> {
  items: T[];
  meta?:
    | {
        cursor_next?: string | null | undefined;
        cursor_prev?: string | null | undefined;
        cursorNext?: string | null | undefined;
        cursorPrev?: string | null | undefined;
      }
    | null
    | undefined;
}

/** Where a listing starts. Default: its beginning, forwards. */
export interface PageStart {
  cursor?: string;
  page?: PageDirection;
}

/**
 * Every item of a keyset listing, each once. The listing ends where the server sends no cursor; an
 * empty page with a cursor does not end it. A cursor that comes again would never end: it is the error
 * `endless`.
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
    const cursor =
      direction === "NEXT"
        ? (meta?.cursor_next ?? meta?.cursorNext)
        : (meta?.cursor_prev ?? meta?.cursorPrev);
    if (cursor === undefined || cursor === null || cursor === "") {
      return;
    }
    if (seenCursors.has(cursor)) {
      throw endless();
    }
    seenCursors.add(cursor);
    at = { cursor, page: direction };
  }
}
