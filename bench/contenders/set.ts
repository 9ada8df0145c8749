import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `WorkItemSet` that holds all items. */
export const set: Contender = {
  name: "set",
  title: "ours, one set",
  of: "items",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: true,
  check: itemsAsDeclared,
  prepare: (task) => pulumiProgram("set.ts", task),
};
