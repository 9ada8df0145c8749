import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "./paths.ts";

/** Packs a package as it is built, and returns the path of the tarball. */
export function npmPack(folder: string, root: string = projectRoot): string {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const answer = JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8" }));
  // Some versions of npm answer a list, others an object by name.
  const [{ filename }] = Array.isArray(answer) ? answer : Object.values(answer);
  return join(folder, filename);
}
