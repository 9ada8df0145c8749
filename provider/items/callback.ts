import type { Failure } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";

// The platform takes the address of its webhooks as an entry of the metadata. As a field of its own, the address is
// checked and called what it is.

/** The entry of a work item's metadata that holds the address. */
const entry = "callbackUrl";

type Metadata = Record<string, unknown>;

interface Declared {
  callbackUrl?: string;
  metadata?: Metadata;
}

/** What is wrong if both are declared. */
export function failures({ callbackUrl, metadata }: Plain): Failure[] {
  const isTwice =
    callbackUrl !== undefined &&
    typeof metadata === "object" &&
    metadata !== null &&
    entry in metadata;
  const reason = `callbackUrl and metadata.${entry} exclude each other: give one of them`;
  return isTwice ? [{ property: entry, reason }] : [];
}

/** An item with the address in its metadata. */
export function folded<T extends Declared>(item: T): Omit<T, typeof entry> {
  const { [entry]: callbackUrl, ...others } = item;
  return callbackUrl === undefined
    ? others
    : { ...others, metadata: { ...item.metadata, [entry]: callbackUrl } };
}

/** The platform's metadata, with the address as a field of its own if it is declared that way. */
export function unfolded(metadata: Metadata, isApart: boolean): Declared {
  const { [entry]: callbackUrl, ...others } = metadata;
  return isApart
    ? { metadata: others, ...(typeof callbackUrl === "string" && { callbackUrl }) }
    : { metadata };
}
