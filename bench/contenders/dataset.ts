import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { files } from "../programs/items.ts";
import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { writeManifests } from "./manifests.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `Dataset` of small files, which are uploaded. */
export const dataset: Contender = {
  name: "dataset",
  title: "ours, one dataset",
  of: "items",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: true,
  check: itemsAsDeclared,
  async prepare(task) {
    const folder = join(task.folder, "files");
    mkdirSync(folder);
    for (const { name, content } of files(task.items)) {
      writeFileSync(join(folder, name), content, "latin1");
    }
    await writeManifests(task, true);
    return pulumiProgram("dataset.ts", task);
  },
};
