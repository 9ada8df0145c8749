import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

/**
 * What the npm package `pulumi` does if its cache is empty. The functions by which it reaches outside can be replaced.
 */
interface NpmDownload {
  installCLI(
    version: string,
    root: string,
    ways: {
      fetchText: (url: string) => Promise<string>;
      execScript: (script: string, args: string[]) => void;
    },
  ): Promise<void>;
}

/** A closed network often swallows packets, and nobody should have to wait longer than this. */
const answerWithin = 10_000;
const installWithin = 5 * 60_000;

/** Downloads the release with the npm package's own code, but gives up early. */
export async function downloadEngine(
  version: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const npm: NpmDownload = createRequire(import.meta.url)("pulumi/lib/download.js");
  await npm.installCLI(version, folder, {
    fetchText: async (url) => {
      const response = await fetch(url, { signal: AbortSignal.timeout(answerWithin) });
      if (!response.ok) {
        throw new Error(`status ${response.status}`);
      }
      return await response.text();
    },
    execScript: (script, args) => {
      execFileSync("/bin/sh", [script, ...args], {
        env,
        timeout: installWithin,
        // stdout is reserved for the result of this program.
        stdio: ["ignore", process.stderr, process.stderr],
      });
    },
  });
}
