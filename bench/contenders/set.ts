import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lines } from "../programs/items.ts";
import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** More than this, and nobody would write the items into a program. */
const mostInProgram = 100_000;

/** Ours, one `WorkItemSet` that holds all items. */
export const set: Contender = {
  name: "set",
  title: "ours, one set",
  of: "items",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: true,
  check: itemsAsDeclared,
  async prepare(task) {
    const { items, folder, environment } = task;
    if (items <= mostInProgram) {
      return pulumiProgram("set.ts", task);
    }
    for (const [name, isChanged] of [
      ["items.jsonl", false],
      ["changed.jsonl", true],
    ] as const) {
      await pipeline(lines(items, isChanged), createWriteStream(join(folder, name)));
    }
    const withManifest = { ...environment, BENCH_MANIFEST: "items.jsonl" };
    return pulumiProgram("set.ts", { ...task, environment: withManifest });
  },
};
