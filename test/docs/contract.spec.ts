import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dialects } from "../../emulator/dialects/table.ts";
import { routeTable } from "../../provider/api/routes.ts";
import { projectRoot } from "../../scripts/paths.ts";

const page = readFileSync(join(projectRoot, "docs/contract.md"), "utf8");
const quoted = new Set([...page.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name ?? ""));

describe("the page on the contract", () => {
  it("has every dialect", () => {
    assert.deepEqual(
      Object.keys(dialects).filter((name) => !quoted.has(name)),
      [],
    );
  });

  it("has every inferred route", () => {
    const inferred = Object.entries(routeTable()).filter(([, { isInferred }]) => isInferred);
    assert.deepEqual(
      inferred.map(([name]) => name).filter((name) => !quoted.has(name)),
      [],
    );
  });

  it("names specs that exist", () => {
    const specs = [...quoted].filter((name) => name.endsWith(".spec.ts"));
    assert.ok(specs.length > 0);
    for (const spec of specs) {
      const found = globSync(join(projectRoot, "test/**", spec));
      assert.ok(found.some(existsSync), spec);
    }
  });
});
