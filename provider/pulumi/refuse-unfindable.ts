import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const name = "pulumi-ai-data-platform";
let isChecked = false;

/**
 * Refuses a program if the package cannot be loaded from the program's folder, before anything is sent: the provider
 * process loads it from there, no matter where the program got it from. A program that a script runs through the
 * Automation API is in another folder.
 */
export function refuseUnfindable(): void {
  const isStartedByEngine = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");
  if (isChecked || !isStartedByEngine) {
    return;
  }
  isChecked = true;
  if (process.versions.pnp !== undefined) {
    throw new pulumi.RunError(
      `Yarn's Plug'n'Play is not supported, as Pulumi's provider processes know nothing of it: set nodeLinker: node-modules in .yarnrc.yml, and run yarn install`,
    );
  }
  try {
    createRequire(join(process.cwd(), "/")).resolve(`${name}/runtime`);
  } catch {
    throw new pulumi.RunError(
      `the package ${name} cannot be found from ${process.cwd()}, where Pulumi's provider process looks for it: add it to the dependencies of the program, also where only a library uses it`,
    );
  }
}
