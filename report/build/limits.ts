import type { Counts, EffortReport, LimitReport } from "../model.ts";

/** How much one update may do. Each limit is optional. */
export interface Limits {
  /** How many work items it may make: new ones, and those that replace another. */
  new?: number | undefined;
  /** How many work items it may cancel, with or without another in their place. */
  cancelled?: number | undefined;
  /** How many work items it may end that people have begun or finished. */
  atRisk?: number | undefined;
  /** How many work items it may give other labels that people have begun or finished. */
  relabelledDone?: number | undefined;
  /** What its new and replaced items may cost, in the unit of the effort. */
  cost?: number | undefined;
}

/** Whether a preview sees how many work items an update makes, how many it ends, and which statuses those have. */
export interface Seen {
  made: boolean;
  ended: boolean;
  statuses: boolean;
}

/** The limits that an update would exceed. A limit on a number that the preview cannot see counts as exceeded. */
export function exceeded(
  limits: Limits,
  counts: Counts,
  effort: EffortReport | undefined,
  seen: Seen,
): LimitReport[] {
  const { added, replaced, cancelled, atRisk, relabelledDone } = counts;
  const of = (option: string, limit: number | undefined, found: number, isKnown: boolean) => {
    if (limit === undefined || (isKnown && found <= limit)) {
      return [];
    }
    return [{ option, limit, ...(isKnown && { found }) }];
  };
  return [
    ...of("--max-new", limits.new, added + replaced, seen.made),
    ...of("--max-cancelled", limits.cancelled, cancelled + replaced, seen.ended),
    ...of("--max-at-risk", limits.atRisk, atRisk, seen.ended && seen.statuses),
    // Items that are hidden are taken to be replaced, and may be relabelled.
    ...of(
      "--max-relabelled-done",
      limits.relabelledDone,
      relabelledDone,
      seen.made && seen.statuses,
    ),
    ...of("--max-cost", limits.cost, effort?.update ?? 0, seen.made && effort?.hidden === 0).map(
      (limit) => ({ ...limit, unit: effort?.unit ?? "" }),
    ),
  ];
}
