import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lines } from "../programs/items.ts";
import type { Task } from "./contender.ts";

/** Writes the items as `items.jsonl`, and with one box moved as `changed.jsonl`; with `ofFiles`, their assets are files. */
export async function writeManifests({ items, folder }: Task, ofFiles: boolean): Promise<void> {
  for (const [name, isChanged] of [
    ["items.jsonl", false],
    ["changed.jsonl", true],
  ] as const) {
    await pipeline(lines(items, isChanged, ofFiles), createWriteStream(join(folder, name)));
  }
}
