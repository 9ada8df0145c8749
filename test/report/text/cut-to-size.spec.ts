import assert from "node:assert/strict";
import { type Block, fitted } from "../../../report/text/cut-to-size.ts";

const list = (title: string, length: number, open = 0): Block => ({
  title,
  name: "<b>`@team`</b>",
  lines: Array.from({ length }, (_, number) => `- ${title} ${number}`),
  open,
});

describe("report: a page", () => {
  it("has all lines where there is room, folded behind the first ones", () => {
    const page = fitted(["# Head"], [list("risk", 3, 2), list("new", 2)], "tail", 10_000);
    assert.equal(
      page,
      [
        "# Head",
        "### risk `` <b>`@team`</b> ``",
        "- risk 0\n- risk 1",
        "<details><summary>1 more</summary>",
        "- risk 2",
        "</details>",
        "<details><summary>new <code>&lt;b&gt;`@team`&lt;/b&gt;</code></summary>",
        "- new 0\n- new 1",
        "</details>",
        "tail\n",
      ].join("\n\n"),
    );
  });

  for (const most of [300, 1_000, 5_000, 20_000, 64_000]) {
    it(`is never longer than ${most} characters, and says what is left out`, () => {
      const blocks = [list("risk", 5_000, 10), list("new", 5_000), list("others", 3)];
      const page = fitted(["# Head"], blocks, "tail", most);
      assert.ok(page.length <= most, `${page.length}`);
      assert.match(page, /… and [\d,]+ more\.|more lists are left out/);
      assert.ok(page.endsWith("\n\ntail\n"));
      assert.equal(page.split("<details>").length, page.split("</details>").length);
    });
  }

  it("says once what is to be said of all lines, and counts that as well", () => {
    const note = "n".repeat(500);
    const page = fitted(["# Head"], [{ ...list("risk", 5_000, 10), note }], "tail", 5_000);
    assert.ok(page.length <= 5_000, `${page.length}`);
    assert.ok(
      page.startsWith(`# Head\n\n### risk \`\` <b>\`@team\`</b> \`\`\n\n${note}\n\n- risk 0\n`),
    );
  });

  it("leaves room for what follows a long list, and uses what nothing else needs", () => {
    const page = fitted([], [list("long", 5_000), list("short", 5)], "", 20_000);
    assert.match(page, /- short 4\n/);
    assert.ok(page.length > 19_000, `${page.length}`);
  });
});
