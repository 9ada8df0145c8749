import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `WorkItem` an item. */
export const single: Contender = {
  name: "single",
  title: "ours, single resources",
  of: "items",
  mostItems: 1_000,
  usesLibrary: true,
  check: itemsAsDeclared,
  prepare: (task) => pulumiProgram("single.ts", task),
};
