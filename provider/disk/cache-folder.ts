import { readdirSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const dayMs = 24 * 60 * 60 * 1000;

/** The folder for what may be deleted at any time. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "pulumi-ai-data-platform");
}

/** Removes the files of a folder that nobody wrote to, or renewed, for a day. Fails if it cannot look into the folder. */
export function removeOldFiles(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    // Another process may have removed it meanwhile.
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > dayMs) {
      removeIfThere(path);
    }
  }
}

/** Removes a file, if there is one that can be removed. */
export function removeIfThere(path: string | undefined): void {
  try {
    if (path !== undefined) {
      rmSync(path, { force: true });
    }
  } catch {
    // Not even its folder is there.
  }
}
