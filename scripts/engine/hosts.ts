import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../main.ts";
import { buildHost, goObstacle, type Language } from "./build.ts";
import { hasPlugin } from "./installed.ts";
import { withLock } from "./lock.ts";

/**
 * Makes sure that an engine can run programs of a language. The host comes with Pulumi's own releases. Beside an engine
 * that was built from Go modules, it is built as well, once.
 */
export async function ensureHost(
  language: Language,
  bin: string,
  env: NodeJS.ProcessEnv = process.env,
  log: (line: string) => void = (line) => console.error(line),
): Promise<void> {
  const isThere = () => hasPlugin(bin, `pulumi-language-${language}`, env);
  if (isThere()) {
    return;
  }
  const obstacle = goObstacle(env);
  if (obstacle !== undefined) {
    throw new Failure(`The Pulumi engine in ${bin} has no host for ${language}, and ${obstacle}.`);
  }
  const waiting = () => log(`Another process is building Pulumi's host for ${language}.`);
  await withLock(join(bin, `.${language}.lock`), waiting, async () => {
    if (isThere()) {
      return;
    }
    log(`Building Pulumi's host for ${language} from Go modules, once per machine.`);
    // It appears in one step, so that a killed process leaves no half of it.
    const folder = mkdtempSync(join(bin, ".partial-"));
    try {
      await buildHost(language, folder, env);
      for (const name of readdirSync(folder)) {
        renameSync(join(folder, name), join(bin, name));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
