#!/usr/bin/env node
// Starts the pack, both for engines that run the folder and for those whose language host can only run this file.
// `require` loads it, so it awaits nothing at the top level.
import { existsSync } from "node:fs";

/** The name of the package that could not be found; undefined for any other error. */
function missing(error) {
  return error?.code === "ERR_MODULE_NOT_FOUND"
    ? /Cannot find package '([^']+)'/.exec(error.message)?.[1]
    : undefined;
}

/** Loads the rules from the package installed next to the pack or, in a checkout of that package, from its build. */
async function loadRules() {
  try {
    return await import("pulumi-ai-data-platform/policy");
  } catch (error) {
    const built = new URL("../dist/policy/index.js", import.meta.url);
    if (missing(error) !== "pulumi-ai-data-platform" || !existsSync(built)) {
      throw error;
    }
    return import(built.href);
  }
}

async function start() {
  // The rules look where they were started, and the SDK reads the version of the pack from the working directory.
  const { recommended } = await loadRules();
  process.chdir(import.meta.dirname);
  const { PolicyPack } = await import("@pulumi/policy");
  new PolicyPack("ai-data-platform", { policies: recommended });
}

start().catch((error) => {
  const name = missing(error);
  if (name === undefined) {
    throw error;
  }
  const command = `npm install --save-dev ${name}`;
  process.stderr.write(`error: the policy pack needs the package ${name}: run ${command}\n`);
  process.exit(1);
});
