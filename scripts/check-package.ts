/** Checks the package as npm would publish it: its manifest, its entries, and whether TypeScript finds their types. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ensureLibrary } from "./build-library.ts";
import { runMain } from "./main.ts";
import { npmPack } from "./npm-pack.ts";

/** The package has only ES modules, which Node.js can load from CommonJS as well. */
const expected = "CJSResolvesToESM";

await runMain(import.meta, async () => {
  await ensureLibrary();
  const folder = mkdtempSync(join(tmpdir(), "aidp-package-"));
  try {
    const tarball = new Uint8Array(readFileSync(npmPack(folder)));
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    const types = await checkPackage(createPackageFromTarballData(tarball));
    const problems = [
      ...messages.map((each) => formatMessage(each, pkg) ?? each.code),
      ...(types.types === false
        ? ["it has no types"]
        : types.problems
            .filter(({ kind }) => kind !== expected)
            .map((problem) => JSON.stringify(problem))),
    ];
    for (const problem of problems) {
      console.error(problem);
    }
    return problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
