import type { Counts, LimitReport } from "../model.ts";

/** How much one update may do; each may be left out. */
export interface Limits {
  /** Work items that are made: new ones, and those that replace another. */
  new?: number | undefined;
  /** Work items that are cancelled, with another in their place or without. */
  cancelled?: number | undefined;
  /** Work items that people have begun or finished, and that would be ended. */
  atRisk?: number | undefined;
}

/** Whether a preview sees how many work items an update makes, how many it ends, and what has become of these. */
export interface Seen {
  made: boolean;
  ended: boolean;
  statuses: boolean;
}

/** The limits that an update would exceed. One of a number that cannot be seen is not known to be kept. */
export function exceeded(limits: Limits, counts: Counts, seen: Seen): LimitReport[] {
  const { added, replaced, cancelled, atRisk } = counts;
  const of = (option: string, limit: number | undefined, found: number, isKnown: boolean) => {
    if (limit === undefined || (isKnown && found <= limit)) return [];
    return [{ option, limit, ...(isKnown && { found }) }];
  };
  return [
    ...of("--max-new", limits.new, added + replaced, seen.made),
    ...of("--max-cancelled", limits.cancelled, cancelled + replaced, seen.ended),
    ...of("--max-at-risk", limits.atRisk, atRisk, seen.ended && seen.statuses),
  ];
}
