import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./paths.ts";

/** Links the library and the packages that it imports into a program's folder, as if they were installed. */
export function linkModules(folder: string, packages: readonly string[] = ["@pulumi"]): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  symlinkSync(projectRoot, join(modules, "pulumi-ai-data-platform"));
  for (const name of packages) {
    const link = join(modules, name);
    // A scope is a folder.
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", name), link);
  }
}
