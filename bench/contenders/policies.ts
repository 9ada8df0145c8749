import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

const pack = join(projectRoot, "policy", "main.mjs");

/** The set under the policy pack: what that costs is the difference. */
export const policies: Contender = {
  name: "policies",
  title: "ours, one set, under the policy pack",
  of: "items",
  // The pack allows so many by default.
  mostItems: 100_000,
  usesLibrary: true,
  check: itemsAsDeclared,
  prepare(task) {
    return pulumiProgram("set.ts", task, { options: ["--policy-pack", pack] });
  },
};
