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
    ["of these begun or finished", "relabelledDone"],
    ["cancelled", "cancelled"],
    ["at risk", "atRisk"],
  ],
  drift: [
    ["changed", "changed"],
    ["cancelled", "cancelled"],
    ["missing", "missing"],
  ],
};

/** The title where some of these move: they are not among those relabelled. */
const doneOrMoved = "other labels though begun or finished";

/** The table columns for the counts that are not 0 in all batches. */
export function columnsOf({ kind, totals }: Report): readonly Column[] {
  return columns[kind]
    .filter(([, count]) => totals[count] > 0)
    .map(([title, count]) =>
      count === "relabelledDone" && totals.moved > 0 ? [doneOrMoved, count] : [title, count],
    );
}
