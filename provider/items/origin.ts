import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { declarationText, isMarkOf, type Mark, readMark } from "./mark.ts";

// What is read by its id, as `pulumi import` does, may be of another declaration. It is shown, but not changed or ended.

/** Who made a batch or a work item. */
export interface Origin {
  /** The incarnation of this resource. An item that it created carries it in its mark; an adopted one keeps its own. */
  incarnation?: string | undefined;
  /** The other declaration that made the item, if this one was read by its id. */
  madeBy?: Mark | undefined;
}

/** The other declaration that made what was read by its id, if there is one. */
export function originOf(
  { owner, organization }: Platform,
  found: { metadata?: Record<string, unknown> | null | undefined },
): Origin {
  const mark = readMark(found);
  const isOurs =
    owner !== undefined && mark !== undefined && isMarkOf(mark, { owner, organization });
  return mark === undefined || isOurs ? {} : { madeBy: mark };
}

/** Refuses to change or end what another declaration made. */
export function refuseOthers(what: string, madeBy: Mark | undefined): void {
  if (madeBy !== undefined) {
    throw new Refusal(
      `${what} is of ${declarationText(madeBy)}, so it is neither changed nor ended here: \`pulumi state delete\` takes it out of this stack`,
    );
  }
}
