import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { writeManifests } from "./manifests.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** More than this, and nobody would write the items into a program. */
const mostInProgram = 100_000;

/** Ours, one `WorkItemSet` that holds all items. */
export const set: Contender = ofSet("set", "ours, one set", mostInProgram);

/** The same from a manifest, whatever the size. */
export const listed: Contender = ofSet("listed", "ours, one set from a manifest", 0);

function ofSet(name: string, title: string, most: number): Contender {
  return {
    name,
    title,
    of: "items",
    mostItems: Number.POSITIVE_INFINITY,
    usesLibrary: true,
    check: itemsAsDeclared,
    async prepare(task) {
      const { items, environment } = task;
      if (items <= most) {
        return pulumiProgram("set.ts", task);
      }
      await writeManifests(task, false);
      const withManifest = { ...environment, BENCH_MANIFEST: "items.jsonl" };
      return pulumiProgram("set.ts", { ...task, environment: withManifest });
    },
  };
}
