/** Writes what is generated from the code: pages in `docs`, and the schema of the plugin. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandsPage } from "./docs/commands.ts";
import { withRules } from "./docs/policies.ts";
import { referencePages } from "./docs/reference.ts";
import { runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";
import { schemaFile, schemaText } from "./schema/schema.ts";

const folder = join(projectRoot, "docs");

/** The folder in which all pages are generated. */
export const madeFolder = join(folder, "reference");

/** The required content of each file, by path. */
export async function madePages(): Promise<Map<string, string>> {
  const policies = join(folder, "policies.md");
  return new Map([
    [schemaFile, schemaText()],
    [policies, withRules(readFileSync(policies, "utf8"))],
    [join(madeFolder, "commands.md"), await commandsPage()],
    ...[...referencePages()].map(([file, text]) => [join(madeFolder, file), text] as const),
  ]);
}

await runMain(import.meta, async () => {
  rmSync(madeFolder, { recursive: true, force: true });
  for (const [file, text] of await madePages()) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return 0;
});
