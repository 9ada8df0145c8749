import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { snake } from "../../cli/import/names.ts";
import { projectRoot } from "../paths.ts";
import type { Declared } from "./declarations.ts";
import { fenced } from "./fenced.ts";

const folder = join(projectRoot, "examples", "resources");

/** What Markdown calls the languages, by the extension of their files. */
const languages = { yaml: "yaml", py: "python" } as const;

/** How a resource is declared in a language of the plugin; empty if there is no example. */
export function resourceExample(name: string, extension: keyof typeof languages): string {
  const file = join(folder, `${name}.${extension}`);
  return existsSync(file) ? fenced(readFileSync(file, "utf8").trimEnd(), languages[extension]) : "";
}

/** How a function is called in a language of the plugin, with the names of its arguments. */
export function functionExample(
  { name, types }: Declared,
  extension: keyof typeof languages,
): string {
  const args = types.find((type) => type.name.endsWith("Args"))?.members ?? [];
  const names = args.map((arg) => arg.name).slice(0, 1);
  const text =
    extension === "py"
      ? `aidp.${snake(name)}_output(${names.map((each) => `${snake(each)}=…`).join(", ")})`
      : [
          "fn::invoke:",
          `  function: aidp:${name}`,
          `  arguments: { ${names.map((each) => `${each}: …`).join(", ")} }`,
        ].join("\n");
  return fenced(text, languages[extension]);
}
