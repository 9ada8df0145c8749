import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../../scripts/paths.ts";
import { Checkout } from "./support.ts";
import { readWorkflow, runJob } from "./workflow.ts";

const report = "## Labeling preview\n";
const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join("");
const files = {
  "signs/items.jsonl": text(
    `{"key":"crossing-00","assetUrl":"https://a.example/00.jpg"}`,
    `{"key":"junction-01","assetUrl":"https://b.example/01.jpg"}`,
    `{"key":"bridge, \\"old\\"","assetUrl":"https://b.example/02.jpg"}`,
  ),
  "signs/items.csv": text("key,assetUrl", "tunnel-03,https://b.example/03.jpg", "crossing-00,"),
  "signs/voc/a.xml": "<annotation>\n",
};
const violation = (message: string, level = "mandatory") => ({
  rule: "asset-host",
  pack: "aidp",
  level,
  violations: [{ text: message }],
});

/** The annotations of a report, as they come from the script in the folder of the project. */
function annotations(format: string, json: object, more: Record<string, string> = {}): string {
  const checkout = new Checkout([], { ...files, ...more, "report.json": JSON.stringify(json) });
  try {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(projectRoot, "ci/annotations.mjs"), format, "../report.json", checkout.folder],
      { cwd: join(checkout.folder, "signs"), encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  } finally {
    checkout.remove();
  }
}

const ofMessages = (...messages: string[]) =>
  annotations("github", {
    failures: messages.map((each) => ({ text: each })),
    rules: [],
    warnings: [],
  });
const ofRules = (...rules: object[]) =>
  annotations("github", { failures: [], rules, warnings: [] });

describe("annotations", function () {
  this.timeout(60_000);

  it("are at each line that a failure names, escaped", () => {
    const path = "signs: 1, 50%\r\n";
    assert.equal(
      ofMessages(
        `resource 'signs' has a problem: manifest items.csv: line 2: key "${path}" is on line 1 as well; line 3: it is not CSV; and 5 more problems`,
      ),
      `::error file=signs/items.csv,line=2,title=Labeling::line 2: key "signs: 1, 50%25%0D%0A" is on line 1 as well\n` +
        "::error file=signs/items.csv,line=3,title=Labeling::line 3: it is not CSV\n",
    );
  });

  it("are at the line that is wrong, and not at another one that a failure names as well", () => {
    assert.match(
      ofMessages('manifest items.csv: line 3: key "a" is on line 2 as well'),
      /^::error file=signs\/items\.csv,line=3,/,
    );
  });

  it("are in the file beside the manifest that a failure names", () => {
    assert.match(
      ofMessages("manifest voc: a.xml line 5: the object has no <name>"),
      /^::error file=signs\/voc\/a\.xml,line=5,/,
    );
    assert.match(
      ofMessages(
        "manifest items.csv: the box on line 3 has a bbox that reaches out of the picture",
      ),
      /^::error file=signs\/items\.csv,line=3,/,
    );
  });

  it("are where a broken rule says that its first item is declared", () => {
    assert.equal(
      ofRules(
        violation(
          `items["bridge, "old""] (items.jsonl, line 3): assetUrl is on b.example (2 items break this rule: "bridge, "old"", "x")`,
        ),
      ).replaceAll(/::items.*/g, ""),
      "::error file=signs/items.jsonl,line=3,title=asset-host\n",
    );
    assert.match(
      ofRules(violation(`items["tunnel-03"] (items.csv, line 2): it is odd`, "advisory")),
      /^::warning file=signs\/items\.csv,line=2,title=asset-host::items/,
    );
  });

  for (const main of ["src/index.ts", '"src/" # the program', "src/index"]) {
    it(`are in the folder of the program, which main says is ${main}`, () => {
      const failure = { text: "manifest items.csv: line 2: it is not CSV" };
      const more = {
        "signs/Pulumi.yaml": `name: signs\nmain: ${main}\nruntime: nodejs\n`,
        "signs/src/index.ts": "",
        "signs/src/items.csv": "key\n",
      };
      assert.match(
        annotations("github", { failures: [failure], rules: [], warnings: [] }, more),
        /^::error file=signs\/src\/items\.csv,line=2,/,
      );
    });
  }

  it("are nowhere where a file is not there, or no line is named", () => {
    assert.equal(ofMessages("manifest gone.csv: line 2: it is not CSV", "no line at all"), "");
    assert.equal(ofRules(violation(`items["a"]: assetUrl is on a.example`)), "");
    assert.equal(ofRules(violation(`items["a"] (gone.jsonl, line 1): it is wrong`)), "");
    assert.equal(ofMessages("manifest ../../../../etc/passwd: line 1: it is not CSV"), "");
  });

  it("have what stops an update first", () => {
    const lines = ofRules(
      violation(`items["tunnel-03"] (items.csv, line 2): it is odd`, "advisory"),
      violation(`items["junction-01"] (items.jsonl, line 2): it is wrong`),
    );
    assert.deepEqual(lines.match(/^::\w+/gm), ["::error", "::warning"]);
  });

  it("are a report of code quality for GitLab", () => {
    const rules = [violation(`items["junction-01"] (items.jsonl, line 2): it is wrong`)];
    const [entry, ...more] = JSON.parse(
      annotations("gitlab", { failures: [], rules, warnings: [] }),
    );
    assert.match(entry.fingerprint, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      { ...entry, fingerprint: "" },
      {
        description: `items["junction-01"] (items.jsonl, line 2): it is wrong`,
        check_name: "asset-host",
        fingerprint: "",
        severity: "major",
        location: { path: "signs/items.jsonl", lines: { begin: 2 } },
      },
    );
    assert.deepEqual(more, []);
  });

  it("are shown by the action, at the file in the repository", () => {
    const json = {
      failures: [],
      rules: [violation(`items["junction-01"] (items.jsonl, line 2): assetUrl is on b.example`)],
      warnings: [],
    };
    const { output, failed } = runJob(readWorkflow("labeling-preview"), "preview", {
      files,
      inputs: { "working-directory": "signs" },
      answers: [
        { call: /^npx/, code: 3, report, json },
        { call: /^gh api --paginate/, stdout: "[]" },
      ],
    });
    assert.equal(failed, "Result");
    assert.match(output, /^::error file=signs\/items\.jsonl,line=2,title=asset-host::items/m);
  });
});
