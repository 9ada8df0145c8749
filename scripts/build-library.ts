import { spawn } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

/** Compiles the library into `dist/`, from which programs import it. */
export async function buildLibrary(): Promise<void> {
  // What is no longer compiled must not be packed.
  rmSync(join(projectRoot, "dist"), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: projectRoot,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Failure("The library does not compile: see the errors above.");
  chmodSync(join(projectRoot, "dist", "cli", "main.js"), 0o755);
  copyStatic(projectRoot, join(projectRoot, "dist"));
}

/** What browsers run and OpenAPI documents are published as they are; what else lies there, as data or keys, is not. */
export function copyStatic(from: string, to: string): void {
  for (const file of globSync("{emulator,report}/**/*.{yaml,css,html,svg,js}", { cwd: from })) {
    cpSync(join(from, file), join(to, file));
  }
}

await runMain(import.meta, async () => {
  await buildLibrary();
  return 0;
});
