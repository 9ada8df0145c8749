/**
 * Makes the SDKs of the plugin in `sdk/`, with Pulumi's own generators: Python, with its wheel, Go and Node.js.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { go, goNeeded, goObstacle } from "./engine/build.ts";
import { pinnedVersion } from "./engine/cache.ts";
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
  const goFolder = join(folder, "go", "aidp");
  writeFileSync(join(goFolder, "go.mod"), goModule());
  await go(goFolder, ["mod", "tidy"], process.env);
}

/** The Go module of the SDK, at the engine's version. */
function goModule(): string {
  const { language } = JSON.parse(readFileSync(schemaFile, "utf8"));
  return [
    `module ${language.go.importBasePath}`,
    "",
    `go ${goNeeded()}`,
    "",
    `require github.com/pulumi/pulumi/sdk/v3 v${pinnedVersion()}`,
    "",
  ].join("\n");
}

/** Makes the wheel of the Python SDK, and returns its path. */
export function makeWheel(folder: string = sdkFolder): string {
  const options = ["--no-deps", "--quiet", "--wheel-dir", folder, join(folder, "python")];
  execFileSync("python3", ["-m", "pip", "wheel", ...options], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const [wheel] = globSync(join(folder, "*.whl"));
  if (wheel === undefined) {
    throw new Failure(`pip made no wheel in ${folder}.`);
  }
  return wheel;
}

await runMain(import.meta, async () => {
  await makeSdks();
  makeWheel();
  return 0;
});
