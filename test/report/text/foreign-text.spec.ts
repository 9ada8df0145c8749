import assert from "node:assert/strict";
import { code, htmlCode, oneLine } from "../../../report/text/foreign-text.ts";

describe("report: text of others", () => {
  for (const [given, expected] of [
    ["plain", "`plain`"],
    ["two\nlines\t| and", "`two lines | and`"],
    ["a `tick`", "`` a `tick` ``"],
    ["``", "``` `` ```"],
    ["<script>alert(1)</script> @team", "`<script>alert(1)</script> @team`"],
    ["\u001b[31mred", "`\\u{1b}[31mred`"],
    ["gpj.\u202eexe", "`gpj.\\u{202e}exe`"],
    ["  ", "(empty)"],
  ] as const) {
    it(`is code in Markdown: ${JSON.stringify(given)}`, () => {
      assert.equal(code(given), expected);
    });
  }

  it("does not end the cell of a table", () => {
    assert.equal(code("a|b", true), "`a\\|b`");
  });

  it("is no markup in HTML", () => {
    assert.equal(htmlCode('<b>&"'), "<code>&lt;b&gt;&amp;&quot;</code>");
  });

  it("is cut where it is too long", () => {
    assert.equal(oneLine("x".repeat(400)).length, 301);
    // No half of a character is left.
    assert.equal(oneLine("🚦🚦🚦", 3), "🚦…");
  });

  it("has no query, user or password of a URL, neither where it is cut nor where it is code", () => {
    const long = `https://me:${"s3cret".repeat(100)}@cdn.example/a.jpg?s3cret`;
    for (const text of [oneLine(long), code(long), htmlCode(long)]) {
      assert.match(text, /https:\/\/cdn\.example\/a\.jpg\?…/);
    }
  });
});
