import type { Counts, Report } from "./model.ts";

type Column = readonly [title: string, count: keyof Counts];

const columns: Readonly<Record<Report["kind"], readonly Column[]>> = {
  preview: [
    ["new", "added"],
    ["adopted", "adopted"],
    ["moved", "moved"],
    ["replaced", "replaced"],
    ["relabelled", "relabelled"],
    ["cancelled", "cancelled"],
    ["at risk", "atRisk"],
  ],
  drift: [
    ["changed", "changed"],
    ["cancelled", "cancelled"],
    ["missing", "missing"],
  ],
};

const rare: readonly (keyof Counts)[] = ["adopted", "moved"];

/** The counts of work items that a report is about, as columns of a table. Those that are rare may be missing. */
export function columnsOf({ kind, totals }: Report): readonly Column[] {
  return columns[kind].filter(([, count]) => !rare.includes(count) || totals[count] > 0);
}
