import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../scripts/paths.ts";
import { componentInputs, componentText, type Inputs, readComponent } from "./component.ts";
import { type Answer, type Call, Checkout } from "./support.ts";
import { action } from "./workflow.ts";

const report = "## Labeling preview: `signs/prod`\n\n$(touch pwned) `touch pwned`\n";
const api = "https://gitlab.example/api/v4";
const self = { id: 42 };

/** Runs a job's script as GitLab does, with `code` and a report from `aidp`. */
function runJob(
  name: string,
  code: number,
  answers: Answer[],
  {
    inputs = {},
    files = {},
    json,
  }: { inputs?: Inputs; files?: Record<string, string>; json?: unknown } = {},
): { code: number; calls: Call[]; read: Record<string, string> } {
  const jobs = readComponent({ stack: "prod", ...inputs });
  const { script, variables } = jobs[name]!;
  const { before_script: before = [], variables: shared } = jobs[".labeling"]!;
  const checkout = new Checkout(
    [
      { call: /^npx/, code, json, ...(code === 1 ? {} : { report }) },
      { call: /^curl .*\/user$/, stdout: JSON.stringify(self) },
      ...answers,
    ],
    files,
  );
  checkout.install();
  const env = {
    ...shared,
    ...variables,
    AIDP_API_KEY: "secret",
    LABELING_GITLAB_TOKEN: "glpat-secret",
    PULUMI_ACCESS_TOKEN: "secret",
    PULUMI_CONFIG_PASSPHRASE: "secret",
    CI_API_V4_URL: api,
    CI_PROJECT_DIR: checkout.folder,
    CI_PROJECT_ID: "12",
    CI_COMMIT_SHA: "0123abc",
    CI_JOB_URL: "https://gitlab.example/jobs/99",
    ...(name === "labeling-preview" && { CI_MERGE_REQUEST_IID: "7" }),
  };
  try {
    const result = checkout.run([...before, ...script!].join("\n"), env);
    const kept = ["md", "html", "findings.json"].map((end) => `${variables?.FILES}.${end}`);
    return {
      code: result.code,
      calls: checkout.calls,
      read: Object.fromEntries(kept.map((file) => [file, checkout.read(file)])),
    };
  } finally {
    checkout.remove();
  }
}

/** Method, address and fields of a call, and the texts of the files it sends. */
function requestOf({ args, files }: Call): unknown[] {
  const fields = args.flatMap((arg, index) =>
    /^--data/.test(args[index - 1] ?? "") ? [arg.replace(/@\/.*/, "@FILE")] : [],
  );
  const texts = files.filter((text) => !text.startsWith("PRIVATE-TOKEN"));
  return [args[args.indexOf("--request") + 1], args.at(-1)?.slice(api.length), fields, texts];
}

function requests(calls: Call[]): unknown[][] {
  return calls.filter(({ command }) => command === "curl").map(requestOf);
}

describe("the CI/CD component for GitLab", function () {
  this.timeout(60_000);

  it("uses each of its inputs, and no other", () => {
    const used = [...componentText.matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual([...new Set(used)].sort(), Object.keys(componentInputs).sort());
    for (const [name, input] of Object.entries(componentInputs)) {
      assert.equal(input.default === undefined, name === "stack", name);
    }
  });

  it("takes the inputs of the action for GitHub, with the same defaults", () => {
    const both = Object.entries(action.inputs).filter(([name]) => name in componentInputs);
    assert.ok(both.length > 10);
    for (const [name, input] of both) {
      assert.equal(String(componentInputs[name]?.default), String(input.default), name);
    }
  });

  it("puts no input into a script", () => {
    for (const { script = [], before_script: before = [] } of Object.values(readComponent())) {
      assert.doesNotMatch([...before, ...script].join("\n"), /\$\[\[/);
    }
  });

  it("is what the example includes", () => {
    const example = join(projectRoot, "examples", "gitlab", ".gitlab-ci.yml");
    const { include } = parse(readFileSync(example, "utf8")) as {
      include: { remote: string; inputs: Inputs }[];
    };
    for (const { remote, inputs } of include) {
      assert.match(remote, /\/templates\/labeling\.yml$/);
      assert.doesNotThrow(() => readComponent(inputs));
    }
  });

  it("can be included once more, for a second stack", () => {
    const names = (inputs: Inputs) => Object.keys(readComponent({ stack: "prod", ...inputs }));
    const [first, second] = [names({}), names({ name: "cars" })];
    assert.deepEqual(
      first.filter((name) => second.includes(name)),
      [],
    );
    assert.deepEqual(second, [".cars", "cars-preview", "cars-plan", "cars-up", "cars-drift"]);
  });

  it("runs each job where it belongs, `up` by hand, one at a time for a stack", () => {
    const jobs = readComponent({ stack: "prod" });
    const rules = Object.entries(jobs).map(([name, job]) => [name, job.rules]);
    const main = `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`;
    assert.deepEqual(Object.fromEntries(rules), {
      ".labeling": undefined,
      "labeling-preview": [
        {
          if:
            `$CI_PIPELINE_SOURCE == "merge_request_event" && ` +
            "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID",
        },
      ],
      "labeling-plan": [{ if: main }],
      "labeling-up": [{ if: main, when: "manual" }],
      "labeling-drift": [
        { if: `$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH` },
      ],
    });
    assert.equal(jobs["labeling-up"]?.environment, "labeling");
    assert.equal(jobs["labeling-up"]?.resource_group, "labeling-up/$STACK");
    assert.equal(jobs["labeling-drift"]?.resource_group, "labeling-drift/$STACK");
  });

  it("gives secrets neither to the installation, nor its own token to the program", () => {
    const { calls } = runJob("labeling-drift", 0, [{ call: /per_page=100/, stdout: "[]" }]);
    const secretsOf = (name: string) => calls.find(({ command }) => command === name)?.secrets;
    assert.deepEqual(secretsOf("npm"), []);
    assert.deepEqual(secretsOf("npx"), [
      "AIDP_API_KEY",
      "PULUMI_ACCESS_TOKEN",
      "PULUMI_CONFIG_PASSPHRASE",
    ]);
    assert.ok(secretsOf("curl")?.includes("LABELING_GITLAB_TOKEN"));
  });

  it("takes no option for a stack", () => {
    const { code, calls } = runJob("labeling-plan", 0, [], { inputs: { stack: "--help" } });
    assert.equal(code, 1);
    assert.ok(calls.every(({ command }) => command !== "npx"));
  });

  it("runs nothing where a line of the installation fails", () => {
    const inputs = { install: "npm ci | cat\nfalse | cat\ntrue" };
    const { code, calls } = runJob("labeling-preview", 2, [], { inputs });
    assert.equal(code, 1);
    assert.deepEqual(
      calls.map(({ line }) => line),
      ["npm ci"],
    );
  });

  describe("labeling-preview", () => {
    const notes = "/projects/12/merge_requests/7/notes";
    const preview = (code: number, pages: unknown[][] = []) =>
      runJob("labeling-preview", code, [
        ...pages.map((page, index) => ({
          call: new RegExp(`per_page=100&page=${index + 1}$`),
          stdout: JSON.stringify(page),
        })),
        { call: /per_page=100/, stdout: "[]" },
      ]);
    const body = "<!-- labeling-preview: prod -->\n## Labeling preview";

    it("writes a note from the report's file, and shows its token to no other process", () => {
      const { calls, read } = preview(2);
      assert.deepEqual(read, {
        "labeling-preview.md": report,
        "labeling-preview.html": "<!doctype html>",
        "labeling-preview.findings.json": "[]\n",
      });
      assert.deepEqual(requests(calls), [
        ["GET", "/user", [], []],
        ["GET", `${notes}?sort=asc&order_by=created_at&per_page=100&page=1`, [], []],
        [
          "POST",
          notes,
          ["body@FILE"],
          [
            "<!-- labeling-preview: prod -->\n" +
              `[The page with the pictures](https://gitlab.example/jobs/99/artifacts/file/labeling-preview.html)\n\n${report}\n` +
              "[The job](https://gitlab.example/jobs/99) of 0123abc\n",
          ],
        ],
      ]);
      for (const { command, line, files } of calls) {
        assert.doesNotMatch(line, /glpat-secret/);
        if (command === "curl") {
          assert.equal(files[0], "PRIVATE-TOKEN: glpat-secret\n");
        }
      }
    });

    it("updates its own note about the stack, on whatever page it is", () => {
      const { calls } = preview(2, [
        [
          { id: 1, author: { id: 3 }, body },
          { id: 2, author: self, body: "<!-- labeling-preview: test -->" },
        ],
        [{ id: 3, author: self, body }],
      ]);
      const [method, path, , [text]] = requests(calls).at(-1) as [
        string,
        string,
        unknown,
        string[],
      ];
      assert.deepEqual([method, path], ["PUT", `${notes}/3`]);
      assert.ok(text?.includes(report));
      assert.equal(requests(calls).length, 4);
    });

    for (const [code, passes] of [
      [0, true],
      [1, false],
      [2, true],
      [3, false],
      [4, false],
      [137, false],
    ] as const) {
      it(`${passes ? "passes" : "fails, after the note,"} for exit code ${code}`, () => {
        const result = preview(code);
        assert.equal(result.code, passes ? 0 : 1);
        assert.equal(requests(result.calls).at(-1)?.[0], "POST");
      });
    }

    it("says in the note that a preview failed", () => {
      const [, , , [text]] = requests(preview(1).calls).at(-1) as [
        string,
        string,
        unknown,
        string[],
      ];
      assert.match(
        text ?? "",
        /\*\*There is no preview of `prod`\*\*: it failed with exit code 1\./,
      );
    });

    it("takes no report that was there before for that of a preview that failed", () => {
      const none = [{ call: /per_page=100/, stdout: "[]" }];
      const files = { "labeling-preview.md": report, "labeling-preview.html": "old" };
      const { calls, read } = runJob("labeling-preview", 1, none, { files });
      const [, , , [text]] = requests(calls).at(-1) as [string, string, unknown, string[]];
      assert.match(text ?? "", /failed with exit code 1\.\n\n\[The job\]/);
      assert.equal(read["labeling-preview.html"], "");
    });

    it("writes no note, and keeps no page, where the project wants none", () => {
      const inputs = { comment: false, page: false, "max-cost": "5" };
      const { calls, read } = runJob("labeling-preview", 2, [], { inputs });
      assert.deepEqual(requests(calls), []);
      assert.equal(read["labeling-preview.html"], "");
      assert.match(calls.at(-1)?.line ?? "", /--max-at-risk 0 --max-cost 5$/);
    });

    it("fails where the note cannot be written", () => {
      const { code } = runJob("labeling-preview", 2, [
        { call: /per_page=100/, stdout: "[]" },
        { call: /--request POST/, code: 22 },
      ]);
      assert.notEqual(code, 0);
    });
  });

  describe("labeling-plan and labeling-up", () => {
    for (const [code, passes] of [
      [0, true],
      [2, true],
      [3, false],
      [4, false],
    ] as const) {
      it(`${passes ? "offer" : "do not offer"} the update for exit code ${code}`, () => {
        assert.equal(runJob("labeling-plan", code, []).code, passes ? 0 : 1);
      });
    }

    it("give the rules their settings", () => {
      for (const job of ["labeling-plan", "labeling-up"]) {
        const { calls } = runJob(job, 0, [], {
          inputs: { "policy-pack-config": "policies.json" },
        });
        assert.match(
          calls.at(-1)?.line ?? "",
          /--policy-pack \S+\/policy\/main\.mjs --policy-pack-config policies\.json\b/,
        );
      }
    });

    it("update with the rules", () => {
      const { calls } = runJob("labeling-up", 0, []);
      const line = calls.at(-1)?.line.replaceAll(/\/\S*\/(?=labeling-up\.)/g, "");
      assert.equal(
        line,
        "npx --no -- aidp up --yes --stack prod --markdown labeling-up.md --json labeling-up.json " +
          "--html labeling-up.html --policy-pack node_modules/pulumi-ai-data-platform/policy/main.mjs " +
          "--max-new 100000 --max-cancelled 100 --max-at-risk 0",
      );
    });
  });

  describe("labeling-drift", () => {
    const issues = "/projects/12/issues";
    const open = { iid: 5, author: self, description: "<!-- labeling-drift: prod -->\n## Drift" };
    const drift = (code: number, found: unknown[]) =>
      runJob("labeling-drift", code, [{ call: /per_page=100/, stdout: JSON.stringify(found) }]);
    const body =
      "<!-- labeling-drift: prod -->\n" +
      `[The page with the pictures](https://gitlab.example/jobs/99/artifacts/file/labeling-drift.html)\n\n${report}\n[The job](https://gitlab.example/jobs/99)\n`;

    it("opens an issue", () => {
      const { calls } = drift(2, [{ ...open, author: { id: 3 } }]);
      assert.deepEqual(requests(calls).slice(1), [
        [
          "GET",
          `${issues}?state=opened&scope=created_by_me&labels=labeling-drift&per_page=100`,
          [],
          [],
        ],
        [
          "POST",
          issues,
          ["title=Labeling drift in prod", "labels=labeling-drift", "description@FILE"],
          [body],
        ],
      ]);
    });

    it("updates the open issue", () => {
      assert.deepEqual(requests(drift(2, [open]).calls).slice(2), [
        ["PUT", `${issues}/5`, ["description@FILE"], [body]],
      ]);
    });

    it("closes the issue when there is no drift any more", () => {
      assert.deepEqual(requests(drift(0, [open]).calls).slice(2), [
        [
          "POST",
          `${issues}/5/notes`,
          ["body=No drift any more: https://gitlab.example/jobs/99"],
          [],
        ],
        ["PUT", `${issues}/5`, ["state_event=close"], []],
      ]);
    });

    it("does nothing where there is no drift and no issue", () => {
      assert.deepEqual(requests(drift(0, []).calls).slice(2), []);
    });

    it("leaves the issue alone when the look fails", () => {
      const { code, calls } = drift(1, [open]);
      assert.equal(code, 1);
      assert.deepEqual(requests(calls), []);
    });
  });
});
