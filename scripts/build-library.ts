import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { globSync } from "tinyglobby";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

const dist = join(projectRoot, "dist");

/** Records from which sources `dist/` was built. It is not in `dist/` because all of `dist/` is published. */
const stamp = join(projectRoot, "node_modules", ".cache", "aidp", "built");

/** Builds the library, unless `dist/` was built from exactly these sources. */
export async function ensureLibrary(): Promise<void> {
  const isBuilt = existsSync(dist) && existsSync(stamp);
  if (!isBuilt || readFileSync(stamp, "utf8") !== hashSources()) {
    await buildLibrary();
  }
}

/** Compiles the library into `dist/`, from which programs import it. */
export async function buildLibrary(): Promise<void> {
  const sources = hashSources();
  // Files that are no longer compiled must not be packed.
  rmSync(dist, { recursive: true, force: true });
  rmSync(stamp, { force: true });
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: projectRoot,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new Failure("The library does not compile: see the errors above.");
  }
  await bundleEntries();
  chmodSync(join(dist, "cli", "main.js"), 0o755);
  copyStatic(projectRoot, dist);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

/**
 * Makes a few files of the modules behind what programs and the provider process import: the more files there are, the
 * longer Node.js takes to load them. The modules stay, as the CLI and the policies import single ones.
 */
async function bundleEntries(): Promise<void> {
  const folder = join(dist, "provider");
  const index = join(folder, "index.js");
  await build({
    entryPoints: [index, join(folder, "runtime.js")],
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node22.18",
    packages: "external",
    external: ["*/require-node.js"],
    logLevel: "error",
  });
  // It refuses an old Node.js, so it has to run before anything else is loaded.
  writeFileSync(index, `import "./require-node.js";\n${readFileSync(index, "utf8")}`);
}

/** Identifies everything that the build reads: sources, settings, and the versions of packages. */
function hashSources(): string {
  const rooms = "{provider,policy,report,cli,emulator}/**/*.{ts,yaml,css,html,svg,js}";
  const files = globSync(
    [rooms, "tsconfig*.json", "package-lock.json", "scripts/build-library.ts"],
    { cwd: projectRoot },
  );
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(projectRoot, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/**
 * Copies the files for browsers and the OpenAPI documents, which are published unchanged. Other files in these folders,
 * such as data or keys, are not published.
 */
export function copyStatic(from: string, to: string): void {
  for (const file of globSync("{emulator,report}/**/*.{yaml,css,html,svg,js}", { cwd: from })) {
    cpSync(join(from, file), join(to, file));
  }
}

await runMain(import.meta, async () => {
  await buildLibrary();
  return 0;
});
