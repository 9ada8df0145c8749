import { spawn } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
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
  // What browsers run and OpenAPI documents are published as they are.
  for (const room of ["emulator", "report"]) {
    cpSync(join(projectRoot, room), join(projectRoot, "dist", room), {
      recursive: true,
      filter: (source) => !source.endsWith(".ts"),
    });
  }
}

await runMain(import.meta, async () => {
  await buildLibrary();
  return 0;
});
