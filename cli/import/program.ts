import { ownMetadata } from "../../provider/items/batches.ts";
import type { Item } from "../../provider/items/item.ts";
import type { Gathered } from "./gather.ts";

/** What a program in any language says of a batch and of the work items in it. */
export interface Declarations {
  /** The name of the resources. */
  name: string;
  /** The batch, if it can be declared. */
  batch?: { name: string; metadata?: Record<string, unknown> };
  /** The id of a batch that cannot be declared. */
  batchId?: string;
  /** The work items by key, if they are few. */
  items?: Record<string, Partial<Item>>;
  /** The path of the file that lists them, if they are many. */
  manifest?: string;
}

/** What each program says first, a comment of two lines. */
export const adoptionNote = [
  "Made by `aidp import`. The first `pulumi up` adopts what exists (adopt), and changes nothing on the",
  "platform. Once it is done, adopt can go.",
];

/** A description of the program, for its `Pulumi.yaml`. */
export const description = "Labeling batches and work items, imported by aidp import";

export function declarationsOf({ batch, name, size, items, manifest }: Gathered): Declarations {
  const metadata = ownMetadata(batch);
  const hasMetadata = Object.keys(metadata).length > 0;
  const declarable = { name: batch.name, ...(hasMetadata && { metadata }) };
  const listed = manifest === undefined ? { items: Object.fromEntries(items) } : { manifest };
  return {
    name,
    ...(batch.name.trim() === "" && { batchId: batch.id }),
    // The platform makes this one.
    ...(batch.name.trim() !== "" && batch.name !== "Default" && { batch: declarable }),
    ...(size > 0 && listed),
  };
}
