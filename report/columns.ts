import type { Counts, Report } from "./model.ts";

type Column = readonly [title: string, count: keyof Counts];

const columns: Readonly<Record<Report["kind"], readonly Column[]>> = {
  preview: [
    ["new", "added"],
    ["adopted", "adopted"],
    ["moved", "moved"],
    ["replaced", "replaced"],
    ["renamed", "renamed"],
    ["relabelled", "relabelled"],
    ["relabelled though begun", "relabelledDone"],
    ["cancelled", "cancelled"],
    ["at risk", "atRisk"],
  ],
  drift: [
    ["changed", "changed"],
    ["cancelled", "cancelled"],
    ["missing", "missing"],
  ],
};

const rare: readonly (keyof Counts)[] = ["adopted", "moved", "renamed", "relabelledDone"];

/** The table columns for the counts that a report is about. Rare counts are left out while they are 0. */
export function columnsOf({ kind, totals }: Report): readonly Column[] {
  return columns[kind].filter(([, count]) => !rare.includes(count) || totals[count] > 0);
}
