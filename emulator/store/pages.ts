export type PageDirection = "NEXT" | "PREV";

/** Where a page starts: at the sort key of an item that is not part of the page. */
export interface PageRequest {
  limit: number;
  direction: PageDirection;
  after: readonly number[] | undefined;
}

/** Items in ascending order, and whether there are more of them in each direction. */
export interface Page<Item> {
  items: Item[];
  moreBefore: boolean;
  moreAfter: boolean;
}

/**
 * Makes a page from up to `limit + 1` rows in reading order (descending for PREV). The extra row only shows that there
 * are more.
 */
export function toPage<Item>(rows: Item[], request: PageRequest): Page<Item> {
  const more = rows.length > request.limit;
  const items = rows.slice(0, request.limit);
  const cameFromCursor = request.after !== undefined;
  return request.direction === "NEXT"
    ? { items, moreBefore: cameFromCursor, moreAfter: more }
    : { items: items.reverse(), moreBefore: more, moreAfter: cameFromCursor };
}
