import { Refusal } from "../lifecycle/lifecycle.ts";
import { isObject } from "../lifecycle/plain.ts";
import { unpackedValue } from "../pulumi/packing.ts";

/** Which map to open. */
export interface GetEntriesArgs {
  /** An output of a resource that is a map: the `ids`, `items` or `statusOf` of a set, the `paths` or `files` of uploads. */
  packed: Record<string, string>;
}

/** The entries of a map. */
export interface GetEntriesResult {
  /** The entries. */
  entries: Record<string, string>;
}

/**
 * Opens a map that a resource outputs. With more entries than `aidp:entriesShown`, 2,000 by default, the state keeps such a
 * map packed, as one entry; with fewer, it is returned as it is. Asks nothing of the platform.
 */
export async function getEntries({ packed }: GetEntriesArgs): Promise<GetEntriesResult> {
  const entries = unpackedValue(packed);
  if (!isObject(entries)) {
    throw new Refusal(
      "getEntries: packed must be a map that a resource outputs, and can be opened",
    );
  }
  return { entries: entries as Record<string, string> };
}
