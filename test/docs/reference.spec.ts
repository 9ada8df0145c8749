import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { madeFolder, madePages } from "../../scripts/docs.ts";

describe("the pages that `npm run docs` makes", function () {
  this.timeout(60_000);
  let pages: Map<string, string>;
  before(async () => {
    pages = await madePages();
  });

  it("say what the code says now", () => {
    for (const [file, text] of pages) {
      assert.equal(readFileSync(file, "utf8"), text, file);
    }
  });

  it("are all there is in their folder", () => {
    const files = readdirSync(madeFolder).map((file) => join(madeFolder, file));
    assert.deepEqual(
      files.filter((file) => !pages.has(file)),
      [],
    );
  });

  it("document everything: no field is without a word", () => {
    for (const [file, text] of pages) {
      assert.doesNotMatch(text, /^- \*\*.*\): *$/m, file);
    }
  });
});
