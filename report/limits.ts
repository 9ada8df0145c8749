import type { Counts, LimitReport } from "./model.ts";

/** How much one update may do; each may be left out. */
export interface Limits {
  /** Work items that are made: new ones, and those that replace another. */
  new?: number | undefined;
  /** Work items that are cancelled, with another in their place or without. */
  cancelled?: number | undefined;
  /** Work items that people have begun or finished, and that would be ended. */
  atRisk?: number | undefined;
}

/**
 * The limits that an update would exceed. Where it cannot be seen how many items are made, none is known to be
 * kept.
 */
export function exceeded(limits: Limits, counts: Counts, isCounted: boolean): LimitReport[] {
  const { added, replaced, cancelled, atRisk } = counts;
  const of = (option: string, limit: number | undefined, found: number, isKnown = true) => {
    if (limit === undefined || (isKnown && found <= limit)) return [];
    return [{ option, limit, ...(isKnown && { found }) }];
  };
  return [
    ...of("--max-new", limits.new, added + replaced, isCounted),
    ...of("--max-cancelled", limits.cancelled, cancelled + replaced),
    ...of("--max-at-risk", limits.atRisk, atRisk),
  ];
}
