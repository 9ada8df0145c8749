import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";

describe("npm run chaos", function () {
  this.timeout(60_000);

  for (const [option, value, least] of [
    ["--runs", "abc", 1],
    ["--runs", "0", 1],
    ["--seed", "1e3", 0],
    ["--seconds", "1.5", 1],
    ["--at-once", "", 1],
  ]) {
    it(`plays nothing with ${option} "${value}", and fails`, () => {
      const args = [join(projectRoot, "chaos", "main.ts"), `${option}=${value}`];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal(stderr, `${option} takes integers from ${least} on, not "${value}".\n`);
      assert.deepEqual([status, stdout], [1, ""]);
    });
  }
});
