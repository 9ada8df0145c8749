import { ApiError } from "../http/api-error.ts";
import type { Page, PageDirection, PageRequest } from "../store/pages.ts";

export interface PageQuery {
  limit: number;
  page: PageDirection;
  cursor?: string;
}

/** `keyLength` is the number of parts of the list's sort key. */
export function toPageRequest(query: PageQuery, keyLength: number): PageRequest {
  const { limit, page, cursor } = query;
  return {
    limit,
    direction: page,
    after: cursor === undefined ? undefined : decodeCursor(cursor, keyLength),
  };
}

export function toPageMeta<Item>(
  page: Page<Item>,
  request: PageRequest,
  keyOf: (item: Item) => number[],
): Record<string, unknown> {
  const first = page.items[0];
  const last = page.items.at(-1);
  return {
    object: "list",
    limit: request.limit,
    page: request.direction,
    ...(page.moreAfter && last !== undefined && { cursor_next: encodeCursor(keyOf(last)) }),
    ...(page.moreBefore && first !== undefined && { cursor_prev: encodeCursor(keyOf(first)) }),
  };
}

function encodeCursor(key: number[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function decodeCursor(cursor: string, keyLength: number): number[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(key) && key.length === keyLength && key.every(Number.isSafeInteger)) {
      return key;
    }
  } catch {
    // A cursor that cannot be decoded is not one of ours, like any other bad cursor.
  }
  throw new ApiError(400, "INVALID_CURSOR", "The cursor is not one that this list has given");
}
