import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import { findActionlint } from "../support/actionlint.ts";
import { actionName } from "./templates/workflow.ts";

describe("the workflows of this project, and those it gives to users", function () {
  this.timeout(300_000);

  it("pass actionlint", async function () {
    const actionlint = await findActionlint();
    if (actionlint === undefined) {
      return this.skip(); // Go is not installed
    }
    const places = [".github/workflows/*.yml", "examples/github/workflows/*.yml"];
    const files = places.flatMap((place) => {
      const found = globSync(place, { cwd: projectRoot });
      if (found.length === 0) {
        throw new Error(`no workflow in ${place}`);
      }
      return found;
    });
    execFileSync(actionlint, ["-no-color", ...files], { cwd: projectRoot, encoding: "utf8" });
  });

  it("pass it together with the action, which actionlint reads only where it lies beside them", async function () {
    const actionlint = await findActionlint();
    if (actionlint === undefined) {
      return this.skip(); // Go is not installed
    }
    const folder = mkdtempSync(join(tmpdir(), "aidp-lint-"));
    try {
      const workflows = join(folder, ".github", "workflows");
      mkdirSync(workflows, { recursive: true });
      execFileSync("git", ["init", "--quiet"], { cwd: folder });
      copyFileSync(join(projectRoot, "action.yml"), join(folder, "action.yml"));
      for (const file of globSync("examples/github/workflows/*.yml", { cwd: projectRoot })) {
        const text = readFileSync(join(projectRoot, file), "utf8");
        assert.ok(text.includes(actionName));
        writeFileSync(join(workflows, basename(file)), text.replaceAll(actionName, "./"));
      }
      execFileSync(actionlint, ["-no-color"], { cwd: folder, encoding: "utf8" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
