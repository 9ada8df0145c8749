/**
 * The processes that run spec files load this module. It records how long each file takes, including hooks and loading.
 */
import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { RootHookObject, Suite } from "mocha";
import { projectRoot } from "./paths.ts";

/** When the last file of this process ended or, before that, when the process began. */
let since = -process.uptime() * 1000 + performance.now();

export const mochaHooks: RootHookObject = {
  afterAll(this: Mocha.Context) {
    const folder = process.env.AIDP_TEST_TIMES;
    const file = this.test?.parent === undefined ? undefined : fileOf(this.test.parent);
    if (folder === undefined || file === undefined) {
      return;
    }
    const seconds = (performance.now() - since) / 1000;
    since = performance.now();
    appendFileSync(join(folder, String(process.pid)), `${seconds} ${file}\n`);
  },
};

function fileOf(suite: Suite): string | undefined {
  const test = suite.tests.find(({ file }) => file !== undefined);
  if (test?.file !== undefined) {
    return relative(projectRoot, test.file);
  }
  for (const child of suite.suites) {
    const file = fileOf(child);
    if (file !== undefined) {
      return file;
    }
  }
  return undefined;
}
