import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** The engine's version, which is that of the npm package, so that both share its cache. */
export function pinnedVersion(): string {
  const manifest: { version: string } = createRequire(import.meta.url)("pulumi/package.json");
  return manifest.version;
}

/** The folder in which the npm package and the Automation API keep this version. */
export function cacheRoot(version: string, env: NodeJS.ProcessEnv): string {
  return join(env.PULUMI_HOME ?? join(env.HOME ?? homedir(), ".pulumi"), "versions", version);
}
