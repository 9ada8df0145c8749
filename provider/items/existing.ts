import type { WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { partsOfUrn } from "../lifecycle/urns.ts";
import { findByKey, keyOf, type Place } from "./adoption.ts";
import { findItem } from "./gather.ts";
import { type Item, isDeclared, itemMutability } from "./item.ts";
import { takeOver, type Wanted } from "./takeover.ts";
import { tellTakeover } from "./takeover-words.ts";
import { endWork, type OnWorkInProgress } from "./work-in-progress.ts";

/** A single work item as it is declared, with its place. */
interface Declared extends Item, Place {
  onWorkInProgress?: OnWorkInProgress;
}

/** The work item that is to be adopted, as it is now. */
export async function lookForExisting(
  platform: Platform,
  inputs: Declared,
): Promise<WorkItemWire | undefined> {
  const wanted = wantedOf(platform, inputs);
  const takeover = await takeOver(platform, { ...wanted, place: inputs });
  tellTakeover(platform, takeover, wanted.items);
  const [refusal] = takeover.refused.values();
  if (refusal !== undefined) {
    throw new Refusal(refusal);
  }
  const [adopted] = takeover.adopted.values();
  const item = adopted && (await findItem(platform.client, inputs.projectId, adopted.item.id));
  return item?.status === "FAILED" ? undefined : item;
}

/** What is looked for, to adopt it. */
export function wantedOf(platform: Platform, inputs: Declared): Omit<Wanted, "place"> {
  const name = keyOf(platform);
  const items = new Map([[partsOfUrn(name).name, itemOf(inputs)]]);
  return { items, keyOf: () => name, isSet: false };
}

/**
 * Items that carry this declaration's key already: one to adopt, unless one is adopted already, and others, which
 * are ended: nobody would know them.
 */
export async function lookForEarlier(
  platform: Platform,
  inputs: Declared,
  existing: WorkItemWire | undefined,
): Promise<{ earlier: string[]; adopted?: WorkItemWire | undefined }> {
  const { client } = platform;
  const { projectId } = inputs;
  const earlier: string[] = [];
  let adopted = existing;
  for (const { id } of await findByKey(client, inputs, keyOf(platform))) {
    const item = await findItem(client, projectId, id);
    if (item === undefined || item.status === "FAILED" || id === adopted?.id) {
      continue;
    }
    if (adopted === undefined && isDeclared(item, itemOf(inputs))) {
      platform.info(
        `work item ${id} was created for this declaration earlier: it is kept, and no second one is made`,
      );
      adopted = item;
      continue;
    }
    earlier.push(id);
    if (item.status !== "COMPLETED") {
      platform.info(
        `work item ${id} was created for this declaration earlier, ${adopted === undefined ? "with other values" : "beside another"}: it is ended`,
      );
      await endWork(platform, projectId, item, inputs.onWorkInProgress);
    }
  }
  return { earlier, adopted };
}

/** The item without its place. */
export function itemOf(inputs: Declared): Item {
  const own = Object.entries(inputs).filter(([field]) => field in itemMutability);
  return Object.fromEntries(own) as unknown as Item;
}
