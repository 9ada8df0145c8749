import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** A dynamic provider as a user writes it, one resource an item. */
export const naive: Contender = {
  name: "naive",
  title: "naive dynamic provider",
  of: "items",
  mostItems: 1_000,
  usesLibrary: false,
  check: itemsAsDeclared,
  prepare: (task) => pulumiProgram("naive.ts", task),
};
