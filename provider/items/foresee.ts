import type { Platform } from "../lifecycle/lifecycle.ts";
import { hasUnknown, isUnknown } from "../lifecycle/unknown-values.ts";
import { adoptItems, type Wanted } from "./adoption.ts";
import { tellAdoption } from "./adoption-words.ts";
import { findBatch } from "./batches.ts";
import type { Item } from "./item.ts";
import type { Place } from "./listing.ts";

/** Reports which existing work items will be adopted. At preview the batch's id may be unknown; its name finds it. */
export async function foreseeItems(
  platform: Platform,
  { projectId, batchId }: Place,
  batchName: string | undefined,
  { items, ...others }: Omit<Wanted, "place">,
): Promise<void> {
  if (items.size === 0 || isUnknown(projectId)) {
    return;
  }
  const tell = async (place: Place): Promise<void> => {
    const known = new Map([...items].map(([key, item]) => [key, withoutUnknown(item)]));
    const adoption = await adoptItems(platform, { ...others, items: known, place });
    tellAdoption(platform, adoption, known);
  };
  if (!isUnknown(batchId)) {
    return tell({ projectId, batchId });
  }
  if (batchName === undefined) {
    platform.info(
      "what is adopted is known once the batch is: give the Batch itself as batchId to see it in a preview",
    );
    return;
  }
  const batch = await findBatch(platform.client, projectId, batchName);
  if (batch === undefined) {
    platform.info(`adopts nothing, as there is no batch "${batchName}" yet`);
    return;
  }
  await tell({ projectId, batchId: batch.id });
}

/** The item with its known fields only; the others are not compared. */
function withoutUnknown(item: Item): Item {
  const known = Object.entries(item).filter(([, value]) => !hasUnknown(value));
  return {
    ...(Object.fromEntries(known) as Partial<Item>),
    assetType: item.assetType,
    assetUrl: hasUnknown(item.assetUrl) ? "" : item.assetUrl,
  };
}
