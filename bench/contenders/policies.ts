import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

const pack = join(projectRoot, "policy", "main.mjs");
/** By default, the pack allows 10,000 items in a set and 50,000 in a stack. */
const sizes = { "set-size": { maximum: 100_000 }, "stack-size": { maximum: 100_000 } };

/** The set under the policy pack: what that costs is the difference. */
export const policies: Contender = {
  name: "policies",
  title: "ours, one set, under the policy pack",
  of: "items",
  mostItems: 100_000,
  usesLibrary: true,
  check: itemsAsDeclared,
  prepare(task) {
    const config = join(task.folder, "policies.json");
    writeFileSync(config, JSON.stringify(sizes));
    const options = ["--policy-pack", pack, "--policy-pack-config", config];
    return pulumiProgram("set.ts", task, { options });
  },
};
