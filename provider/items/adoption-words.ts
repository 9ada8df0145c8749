import type { Platform } from "../lifecycle/lifecycle.ts";
import { shortList } from "../text/lines.ts";
import { type Adoption, hasItsLabels } from "./adoption.ts";
import type { Item } from "./item.ts";
import { openSession } from "./session.ts";

const mostShown = 20;

/** Reports which existing work items a declaration adopts, and what the user must know about them. */
export function tellAdoption(
  platform: Platform,
  adoption: Adoption,
  items: ReadonlyMap<string, Item>,
): void {
  const { adopted, refused, alike } = adoption;
  const isNew = (message: string): boolean => {
    const { told } = openSession(platform.client);
    const name = `${platform.owner} ${message}`;
    return told.size < told.add(name).size;
  };
  const warn = (message: string): void => {
    if (isNew(message)) {
      platform.warn(message);
    }
  };
  const text = adoptionText(adoption, items);
  if (isNew(text)) {
    platform.info(text, { adopted: adopted.size, keys: [...adopted.keys()] });
  }
  const differing = [...adopted].filter(([, { asFound }]) => Object.keys(asFound).length > 0);
  if (differing.length > 0) {
    const which = shortList(differing, mostShown, ([key, { asFound }]) => {
      return `"${key}" (${Object.keys(asFound).sort().join(", ")})`;
    });
    warn(
      `${count(differing.length)} ${differing.length === 1 ? "differs" : "differ"} from the declaration and ${differing.length === 1 ? "stays as it is" : "stay as they are"}, as only labels can be changed in place: ${which}. ` +
        "Declare what is there, or leave these fields out; declaring another value later replaces the item",
    );
  }
  if (alike.length > 0) {
    const which = shortList(alike, mostShown, ({ key, ids }) => `"${key}" (${ids.join(", ")})`);
    warn(`more work items show the same asset, and are not adopted: ${which}`);
  }
  if (refused.size > 0) {
    warn(
      `cannot be adopted: ${shortList([...refused], mostShown, ([key, why]) => `"${key}": ${why}`)}`,
    );
  }
}

/** Says how many work items the declaration adopts, and which it creates. */
function adoptionText(
  { adopted, refused, moving, others }: Adoption,
  items: ReadonlyMap<string, Item>,
): string {
  const made = [...items.keys()].filter(
    (key) => !adopted.has(key) && !refused.has(key) && !moving.has(key),
  );
  const relabelled = [...adopted].filter(([key, { item }]) => {
    const declared = items.get(key);
    return declared !== undefined && !hasItsLabels(item, declared);
  });
  const ids = items.size === 1 ? [...adopted.values()].map(({ item }) => ` ${item.id}`) : [];
  return [
    `adopts ${count(adopted.size, "existing work item")}${ids.join("")}`,
    relabelled.length > 0 ? `relabels ${relabelled.length} of them` : "",
    moving.size > 0
      ? `has ${moving.size} moved here: ${shortList([...moving.keys()], mostShown, (key) => `"${key}"`)}`
      : "",
    made.length > 0
      ? `creates ${made.length}: ${shortList(made, mostShown, (key) => `"${key}"`)}`
      : "creates none",
    others > 0
      ? `leaves ${count(others, "other work item")} of the batch as ${others === 1 ? "it is" : "they are"}`
      : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function count(number: number, one = "adopted work item"): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}
