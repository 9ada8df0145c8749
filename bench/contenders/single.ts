import type { Contender } from "./contender.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `WorkItem` an item. */
export const single: Contender = {
  name: "single",
  title: "ours, single resources",
  mostItems: 1_000,
  prepare: (task) => pulumiProgram("single.ts", task),
};
