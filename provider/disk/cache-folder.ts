import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for what may be deleted at any time. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "pulumi-ai-data-platform");
}
