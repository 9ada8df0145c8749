import type { Contender } from "./contender.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `WorkItemSet` that holds all items. */
export const set: Contender = {
  name: "set",
  title: "ours, one set",
  mostItems: Number.POSITIVE_INFINITY,
  prepare: (task) => pulumiProgram("set.ts", task),
};
