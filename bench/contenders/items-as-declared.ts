import type { Platform } from "../platform.ts";
import type { Phase, Size } from "./contender.ts";

/** What the platform says against a phase: a fast contender that does less is not fast. */
export async function itemsAsDeclared(
  phase: Phase,
  platform: Platform,
  { items }: Size,
): Promise<string | undefined> {
  if (phase === "create") {
    const created = await platform.countItems();
    return created === items ? undefined : `${created} of ${items} items exist`;
  }
  if (phase === "destroy" && (await platform.hasOpenItems())) {
    return "not every item is cancelled";
  }
  return undefined;
}
