import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";

const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
const pages = execFileSync("git", listed, { cwd: projectRoot, encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((page) => existsSync(join(projectRoot, page)));

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): Set<string> {
  const headings = textOf(file).matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** A page without its code, where nothing is a link. */
function textOf(file: string): string {
  return readFileSync(file, "utf8")
    .replace(/^```.*?^```/gms, "")
    .replace(/`[^`\n]*`/g, (code) => (code.includes("](") ? "" : code));
}

describe("the links of the documentation", () => {
  it("are of the pages that there are", () => {
    assert.ok(pages.includes("README.md") && pages.length > 5);
  });

  for (const folder of ["docs", "docs/decisions"]) {
    it(`lead from the first page of ${folder} to every other one in it`, () => {
      const first = textOf(join(projectRoot, folder, "README.md"));
      const others = pages.filter(
        (page) => dirname(page) === folder && basename(page) !== "README.md",
      );
      assert.ok(others.length > 5);
      assert.deepEqual(
        others.filter((page) => !first.includes(`](${basename(page)})`)),
        [],
      );
    });
  }

  for (const page of pages) {
    it(`of ${page} lead somewhere`, () => {
      const file = join(projectRoot, page);
      const links = textOf(file).matchAll(/\]\(([^)\s]+)\)/g);
      for (const [, link = ""] of links) {
        if (/^https:/.test(link)) {
          continue;
        }
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? file : join(dirname(file), path);
        assert.ok(existsSync(target), `${link}: there is no such file`);
        if (anchor !== undefined) {
          assert.ok(anchorsOf(target).has(anchor), `${link}: no such heading`);
        }
      }
    });
  }
});
