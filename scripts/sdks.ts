/**
 * Makes the SDKs of the plugin in `sdk/`, with Pulumi's own generators: Python, with its wheel, Go and Node.js.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { go, goObstacle } from "./engine/build.ts";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";
import { schemaFile } from "./schema/schema.ts";

/** Where the SDKs are made. */
export const sdkFolder: string = join(projectRoot, "sdk");

/** Makes the SDKs of all languages, which takes a minute the first time. */
export async function makeSdks(folder: string = sdkFolder): Promise<void> {
  const obstacle = goObstacle(process.env);
  if (obstacle !== undefined) {
    throw new Failure(`The SDKs cannot be made: ${obstacle}.`);
  }
  rmSync(folder, { recursive: true, force: true });
  const generator = join(projectRoot, "engine", "sdks");
  await go(generator, ["run", "-mod=readonly", ".", schemaFile, folder], process.env);
}

/** Makes the wheel of the Python SDK. */
export function makeWheel(folder: string = sdkFolder): void {
  const options = ["--no-deps", "--quiet", "--wheel-dir", folder, join(folder, "python")];
  execFileSync("python3", ["-m", "pip", "wheel", ...options], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
}

await runMain(import.meta, async () => {
  await makeSdks();
  makeWheel();
  return 0;
});
