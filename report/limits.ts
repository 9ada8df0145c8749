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

/** The limits that an update would exceed. */
export function exceeded(limits: Limits, counts: Counts): LimitReport[] {
  const { added, replaced, cancelled, atRisk } = counts;
  const found: [option: string, limit: number | undefined, found: number][] = [
    ["--max-new", limits.new, added + replaced],
    ["--max-cancelled", limits.cancelled, cancelled + replaced],
    ["--max-at-risk", limits.atRisk, atRisk],
  ];
  return found.flatMap(([option, limit, count]) =>
    limit !== undefined && count > limit ? [{ option, limit, found: count }] : [],
  );
}
