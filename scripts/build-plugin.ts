/** Bundles the plugin into one file, which needs nothing but Node.js. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

/** The folder of the plugin, as a program's `plugins.providers` names it. */
export const pluginFolder: string = join(projectRoot, "dist-plugin");

const name = "pulumi-resource-aidp";
const needed = "22.18";

/** Loads the file that comes as the first argument, whatever package it lies in, unless Node.js is too old for it. */
const start = `var v=process.versions.node.split("."),f=process.argv[1];if(v[0]<22||(v[0]==22&&v[1]<18)){console.error("the provider plugin aidp needs Node.js ${needed} or newer, and this is "+v.join(".")+": put a newer one first on the PATH");process.exit(1)}require(require("path").resolve(f))`;

/**
 * With less room for young objects, the process takes a third less memory and is as fast. With one thread to help V8, a
 * core stays free for the engine. The service says when to collect garbage.
 */
const flags = "--max-semi-space-size=8 --v8-pool-size=1 --expose-gc";

/** A shell reads the second line as commands, and Node.js as a text and a comment. */
const head = `#!/bin/sh
':' //; if command -v node >/dev/null 2>&1; then exec node ${flags} -e '${start}' -- "$0" "$@"; fi; echo "the provider plugin aidp needs Node.js ${needed} or newer on the PATH: install it from https://nodejs.org" >&2; exit 1
`;

/**
 * What the plugin never does and would pay for at each start: putting functions into a state, running the CLI, speaking
 * other languages than English about schemas.
 */
const unused =
  /typescript-shim$|^@npmcli\/arborist$|^ts-node$|\/closure\/(codePaths|createClosure|serializeClosure)$|^\.\/automation$|\/locales\/index\.js$/;

const withoutUnused: Plugin = {
  name: "without-unused",
  setup(build) {
    build.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: "empty" }));
    build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
  },
};

export async function buildPlugin(): Promise<void> {
  mkdirSync(pluginFolder, { recursive: true });
  const file = join(pluginFolder, name);
  await build({
    entryPoints: [join(projectRoot, "provider", "plugin", "main.ts")],
    outfile: file,
    bundle: true,
    // Names stay, for stack traces: to keep them beside short ones costs a call for each function that is made.
    minifyWhitespace: true,
    minifySyntax: true,
    format: "cjs",
    platform: "node",
    target: `node${needed}`,
    // What a module knows about itself, in the place of its own file.
    banner: { js: `const moduleUrl = require("node:url").pathToFileURL(__filename).href;` },
    define: {
      "import.meta.url": "moduleUrl",
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
    },
    logLevel: "error",
    // Whoever has pictures in a bucket, or asks to decode them, installs these.
    external: [
      "@aws-sdk/client-s3",
      "@azure/identity",
      "@azure/storage-blob",
      "@google-cloud/storage",
      "sharp",
    ],
    plugins: [withoutUnused],
  });
  writeFileSync(file, head + readFileSync(file, "utf8"));
  chmodSync(file, 0o755);
  const command = `@node ${flags} -e "${start.replaceAll('"', "'")}" -- "%~dp0${name}" %*\r\n`;
  writeFileSync(join(pluginFolder, `${name}.cmd`), command);
}

await runMain(import.meta, async () => {
  await buildPlugin();
  return 0;
});
