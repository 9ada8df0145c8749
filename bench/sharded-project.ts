import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linkModules } from "../scripts/link-modules.ts";
import { projectRoot } from "../scripts/paths.ts";
import { lines } from "./programs/items.ts";

/** The sharded example in a folder of its own, as a user has it, with a manifest of this many items. */
export function makeShardedProject(folder: string, items: number): void {
  cpSync(join(projectRoot, "examples", "sharded"), folder, {
    recursive: true,
    // Someone may have tried it there.
    filter: (file) => !/Pulumi\..+\.yaml$/.test(file),
  });
  linkModules(folder, ["@pulumi", "p-map"]);
  writeFileSync(join(folder, "items.jsonl"), [...lines(items, false, false)].join(""));
}
