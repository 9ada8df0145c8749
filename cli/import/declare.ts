import type { z } from "zod";
import type { WorkItemWire } from "../../provider/api/work-items.ts";
import { type Item, itemNow, itemSchema } from "../../provider/items/item.ts";
import { readStack } from "../../provider/items/mark.ts";

const schemas = itemSchema satisfies Record<string, z.ZodType> as Record<string, z.ZodType>;
const defaultType = "image";

/** A work item as a program declares it, or why it is left out. */
export type Declared = { item: Partial<Item> } | { leftOut: string };

/** Declares an existing work item. A field that cannot be declared is left out, so the program does not manage it. */
export function declared(wire: WorkItemWire): Declared {
  if (wire.status === "FAILED") {
    return { leftOut: "failed or cancelled" };
  }
  const stack = readStack(wire);
  if (stack !== undefined) {
    return { leftOut: `made by ${stack}` };
  }
  // The platform assigns its own id to each asset.
  const { assetId: _, ...now } = itemNow(wire, undefined);
  const fields = Object.entries(now).filter(
    ([field, value]) => !isEmpty(value) && schemas[field]?.safeParse(value).success,
  );
  const item: Partial<Item> = Object.fromEntries(fields);
  if (item.assetUrl === undefined || item.assetType === undefined) {
    return { leftOut: "with an asset that cannot be declared" };
  }
  const { assetType, ...others } = item;
  return { item: assetType === defaultType ? others : item };
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
