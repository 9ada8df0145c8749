import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";

const page = readFileSync(join(projectRoot, "docs/troubleshooting.md"), "utf8");

/** The messages that the page explains, each on one line. */
const messages = [...page.matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, text = ""]) =>
  text.replace(/\s+/g, " "),
);

/** A source file with its texts as a user sees them: joined where they are added, with … for each value. */
function textsOf(file: string): string {
  const value = /\$\{(?:[^{}`]|\{[^{}]*\}|`(?:[^`{}]|\{[^{}]*\})*`)*\}/g;
  return readFileSync(join(projectRoot, file), "utf8")
    .replace(/["'`]\s*\+\s*["'`]/g, "")
    .replace(value, "…")
    .replace(/\\`[^`]*\\`/g, "…")
    .replaceAll('\\"', '"');
}

const sources = globSync("{provider,policy,report,cli,emulator}/**/*.{ts,mjs}", {
  cwd: projectRoot,
}).map(textsOf);

describe("the page on troubleshooting", () => {
  it("explains messages", () => {
    assert.ok(messages.length > 60, String(messages.length));
    assert.deepEqual(
      messages.filter((message, index) => messages.indexOf(message) !== index),
      [],
    );
  });

  for (const message of messages) {
    it(`quotes what the source says: ${message}`, () => {
      assert.ok(
        sources.some((source) => source.includes(message)),
        "no source file has this text",
      );
    });
  }
});
