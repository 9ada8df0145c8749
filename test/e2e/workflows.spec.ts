import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { projectRoot } from "../../scripts/paths.ts";
import { findActionlint } from "../support/actionlint.ts";

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
});
