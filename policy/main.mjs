#!/usr/bin/env node
// The pack, by both ways in which an engine starts one: the folder, or this file where its language host
// cannot run folders. It is loaded by `require`, so nothing is awaited at the top. The SDK reads the version of
// the pack from the working directory.
process.chdir(import.meta.dirname);

/** The package that could not be found; nothing for any other error. */
function missing(error) {
  return error?.code === "ERR_MODULE_NOT_FOUND"
    ? /Cannot find package '([^']+)'/.exec(error.message)?.[1]
    : undefined;
}

/** The rules of the package beside the pack; in a checkout of that package, of what is built there. */
async function loadRules() {
  try {
    return await import("pulumi-ai-data-platform/policy");
  } catch (error) {
    if (missing(error) !== "pulumi-ai-data-platform") throw error;
    return import("../dist/policy/index.js");
  }
}

async function start() {
  const { recommended } = await loadRules();
  const { PolicyPack } = await import("@pulumi/policy");
  new PolicyPack("ai-data-platform", { policies: recommended });
}

start().catch((error) => {
  const name = missing(error);
  if (name === undefined) throw error;
  const command = `npm install --save-dev ${name}`;
  process.stderr.write(`error: the policy pack needs the package ${name}: run ${command}\n`);
  process.exit(1);
});
