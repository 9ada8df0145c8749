import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isComplete } from "./installed.ts";

/**
 * Calls `fill` to put an engine into the folder `bin` of a new folder next to `root`, then moves it to `root` in one
 * step. A process that is killed halfway leaves nothing that looks like an engine. The caller holds the lock, so older
 * folders of this kind belong to nobody.
 */
export async function staged(root: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const parent = dirname(root);
  const prefix = `${basename(root)}.partial-`;
  for (const name of readdirSync(parent).filter((name) => name.startsWith(prefix))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }

  const folder = join(parent, `${prefix}${process.pid}`);
  mkdirSync(join(folder, "bin"), { recursive: true });
  try {
    await fill(folder);
    if (!isComplete(join(folder, "bin"))) {
      throw new Error("it lacks a file or a run bit");
    }

    mkdirSync(root, { recursive: true });
    rmSync(join(root, "bin"), { recursive: true, force: true });
    renameSync(join(folder, "bin"), join(root, "bin"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
