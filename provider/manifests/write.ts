import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { writeAtomically } from "../disk/atomic-file.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { shortList } from "../text/lines.ts";
import { type Annotations, isInside } from "./annotations.ts";
import { formats } from "./formats.ts";

/** The formats that annotated pictures can be written in. */
export type WrittenFormat = "coco" | "yolo" | "voc" | "cvat";

export const writtenFormats: readonly WrittenFormat[] = ["coco", "yolo", "voc", "cvat"];

/** In each folder that is written to, the list of the files that were written: no other one is changed. */
const listName = ".aidp-files.json";

/**
 * Writes annotated pictures into a folder: files that changed, each completely or not at all, and removes those that it
 * wrote before and that are no longer. It refuses to change a file that it did not write, and to remove the `input` that the
 * annotations were read from.
 */
export async function writeAnnotations(
  folder: string,
  format: WrittenFormat,
  annotations: Annotations,
  input?: string,
): Promise<{ written: number; files: number }> {
  const texts = new Map(await Array.fromAsync(formats[format].files?.(annotations) ?? []));
  const earlier = new Set(await listed(folder));
  await refuseOthers(
    folder,
    [...texts.keys()].filter((name) => !earlier.has(name)),
  );
  const gone = [...earlier].filter((name) => !texts.has(name));
  await refuseInput(folder, gone, input);
  await mkdir(folder, { recursive: true });
  // After a crash, the list may name too much, and never too little.
  await list(folder, new Set([...earlier, ...texts.keys()]));
  let written = 0;
  for (const [name, text] of texts) {
    const path = join(folder, name);
    const before = earlier.has(name)
      ? await readFile(path, "utf8").catch(() => undefined)
      : undefined;
    if (before !== text) {
      await writeAtomically(path, (file) => file.write(text), { lasting: false });
      written += 1;
    }
  }
  for (const name of gone) {
    await rm(join(folder, name), { force: true });
  }
  await list(folder, texts.keys());
  return { written, files: texts.size };
}

/** The files that were written into a folder and are no longer there. */
export async function lostFiles(folder: string): Promise<string[]> {
  const names = await listed(folder);
  const there = new Set(await existing(folder, names));
  return names.filter((name) => !there.has(name));
}

async function existing(folder: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const isThere = (await stat(join(folder, name)).catch(() => undefined)) !== undefined;
    if (isThere) {
      found.push(name);
    }
  }
  return found;
}

async function refuseOthers(folder: string, names: readonly string[]): Promise<void> {
  const found = await existing(folder, names);
  if (found.length > 0) {
    throw new Refusal(
      `the folder ${folder} has files that were not written here, and that would be overwritten: ${shortList(found, 3, String)}. Choose another folder, or move them away`,
    );
  }
}

async function refuseInput(
  folder: string,
  names: readonly string[],
  input: string | undefined,
): Promise<void> {
  if (input === undefined) {
    return;
  }
  const isInput = (name: string) => isInside(relative(resolve(input), resolve(folder, name)));
  const found = await existing(folder, names.filter(isInput));
  if (found.length > 0) {
    throw new Refusal(
      `the folder ${folder} has files of the input that this conversion would remove: ${shortList(found, 3, String)}. Choose another folder`,
    );
  }
}

async function listed(folder: string): Promise<string[]> {
  try {
    const names = JSON.parse(await readFile(join(folder, listName), "utf8")) as unknown[];
    // Whoever writes into the list must not lead to files elsewhere.
    return names.filter((name) => typeof name === "string").filter(isInside);
  } catch {
    return [];
  }
}

async function list(folder: string, names: Iterable<string>): Promise<void> {
  const text = JSON.stringify([...names].sort());
  await writeAtomically(join(folder, listName), (file) => file.write(text), { lasting: false });
}
