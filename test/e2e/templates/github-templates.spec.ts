import assert from "node:assert/strict";
import type { Call } from "./support.ts";
import { actionName, pageUrl, readWorkflow, runJob } from "./workflow.ts";

const report = "## Labeling preview: `acme/signs/prod`\n\n$(touch pwned) `touch pwned`\n";
const bot = { login: "github-actions[bot]" };
/** The line of a call, without the folder for files that the runner gives. */
const lineOf = ({ line }: Call) => line.replaceAll(/\/\S*\/temp\/labeling\//g, "");
const written = (command: string) =>
  [["markdown", "md"], ["json"], ["html"]]
    .map(([option, end = option]) => `--${option} labeling-${command}-acme-signs-prod.${end}`)
    .join(" ");
const names = ["labeling-preview", "labeling-up", "labeling-drift"];

describe("the workflow templates for GitHub", function () {
  this.timeout(300_000);

  for (const name of names) {
    const workflow = readWorkflow(name);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

    it(`${name} has no permission, secret or text of others where it needs none`, () => {
      assert.deepEqual(workflow.permissions, {});
      assert.doesNotMatch(workflow.text, /^\s+pull_request_target:/m);
      assert.match(workflow.concurrency.group, /\$\{\{ vars\.LABELING_STACK \}\}/);
      for (const { uses, with: input, env, run } of steps) {
        // Secrets go into inputs, which the action's steps see only where it says so.
        assert.deepEqual([env, run], [undefined, undefined]);
        if (uses?.startsWith("actions/checkout@")) {
          assert.equal(input?.["persist-credentials"], false);
        }
      }
      for (const [, used = ""] of workflow.text.matchAll(/uses: (.*)/g)) {
        assert.ok(used === actionName || /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used));
      }
    });
  }

  it("give each job only the permissions it needs", () => {
    const permissions = names.flatMap((name) =>
      Object.entries(readWorkflow(name).jobs).map(([job, { permissions }]) => [
        `${name} ${job}`,
        permissions,
      ]),
    );
    assert.deepEqual(Object.fromEntries(permissions), {
      "labeling-preview preview": { contents: "read", "pull-requests": "write" },
      "labeling-up preview": { contents: "read" },
      "labeling-up up": { contents: "read" },
      "labeling-drift drift": { contents: "read", issues: "write" },
    });
  });
});

describe("labeling-preview.yml", function () {
  this.timeout(60_000);
  const workflow = readWorkflow("labeling-preview");
  const preview = (code: number, comments: unknown[] = []) =>
    runJob(workflow, "preview", {
      answers: [
        { call: /^npx .*preview/, code, ...(code === 1 ? {} : { report }) },
        {
          call: /^gh api --paginate/,
          stdout: JSON.stringify([comments.slice(0, 2), comments.slice(2)]),
        },
      ],
    });

  it("runs for branches of the repository only", () => {
    assert.match(
      workflow.jobs.preview?.if ?? "",
      /^github\.event\.pull_request\.head\.repo\.full_name == github\.repository && /,
    );
    assert.equal(workflow.on, "pull_request");
  });

  it("previews with rules and limits, by the installed command, without the platform's key", () => {
    const { calls } = preview(2);
    assert.deepEqual(
      calls.map(lineOf).filter((line) => line.startsWith("np")),
      [
        "npm ci",
        `npx --no -- aidp preview --stack acme/signs/prod ${written("preview")} ` +
          "--policy-pack node_modules/pulumi-ai-data-platform/policy/main.mjs " +
          "--max-new 100000 --max-cancelled 100 --max-at-risk 0",
      ],
    );
    const pulumi = ["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"];
    for (const { command, secrets } of calls) {
      const given = { npm: [], npx: pulumi, gh: ["GH_TOKEN"] }[command];
      assert.deepEqual(secrets, given, command);
    }
  });

  it("writes a comment from the report's file, with a link to the page", () => {
    const { calls, failed, summary, artifacts } = preview(2);
    assert.equal(summary, report);
    assert.deepEqual(artifacts, ["labeling-preview-acme-signs-prod.html"]);
    const [listed, written, ...more] = calls.filter(({ command }) => command === "gh");
    assert.equal(
      listed?.line,
      "gh api --paginate --slurp repos/acme/signs/issues/7/comments?per_page=100",
    );
    assert.match(
      written?.line ?? "",
      /^gh api --silent --method POST repos\/acme\/signs\/issues\/7\/comments --field body=@\S+$/,
    );
    assert.deepEqual(written?.files, [
      `<!-- labeling-preview: acme/signs/prod -->\n[The page with the pictures](${pageUrl})\n\n${report}\n` +
        "[The run](https://github.com/acme/signs/actions/runs/99) of 0123abc\n",
    ]);
    assert.deepEqual(more, []);
    assert.equal(failed, undefined);
  });

  it("updates its own comment about the stack, and nobody else's", () => {
    const body = "<!-- labeling-preview: acme/signs/prod -->\n## Labeling preview";
    const { calls } = preview(2, [
      { id: 1, user: { login: "somebody" }, body },
      { id: 2, user: bot, body: "<!-- labeling-preview: acme/signs/test -->" },
      { id: 3, user: bot, body },
    ]);
    const written = calls.at(-1);
    assert.match(
      written?.line ?? "",
      /^gh api --silent --method PATCH repos\/acme\/signs\/issues\/comments\/3 --field body=@\S+$/,
    );
    assert.ok(written?.files[0]?.includes(report));
    assert.equal(calls.filter(({ command }) => command === "gh").length, 2);
  });

  for (const [code, failing] of [
    [0, undefined],
    [1, "Result"],
    [2, undefined],
    [3, "Result"],
    [4, "Result"],
    [137, "Result"],
  ] as const) {
    it(`${failing === undefined ? "passes" : "fails, after the comment,"} for exit code ${code}`, () => {
      const { calls, failed, output } = preview(code);
      assert.equal(failed, failing, output);
      assert.match(calls.at(-1)?.line ?? "", /^gh api --silent --method POST/);
    });
  }

  it("says in the comment that a preview failed", () => {
    assert.match(
      preview(1).calls.at(-1)?.files[0] ?? "",
      /\*\*There is no preview of `acme\/signs\/prod`\*\*: it failed with exit code 1\./,
    );
  });

  it("fails where the comment cannot be written", () => {
    const { failed } = runJob(workflow, "preview", {
      answers: [
        { call: /^npx/, code: 2, report },
        { call: /^gh/, code: 1 },
      ],
    });
    assert.equal(failed, "Comment");
  });
});

describe("labeling-up.yml", function () {
  this.timeout(60_000);
  const workflow = readWorkflow("labeling-up");
  const newest = (sha: string) => ({ call: /^gh api .*commits\/heads\/main/, stdout: `${sha}\n` });

  it("shows in the run what is to be approved", () => {
    const answers = [{ call: /^npx/, code: 2, report }];
    const { summary, failed, outputs, calls } = runJob(workflow, "preview", { answers });
    assert.equal(summary, report);
    assert.equal(failed, undefined);
    assert.deepEqual(outputs, { code: "2" });
    assert.ok(calls.every(({ command }) => command !== "gh"));
  });

  for (const code of [1, 3, 4]) {
    it(`asks for no approval for exit code ${code}`, () => {
      const { failed } = runJob(workflow, "preview", { answers: [{ call: /^npx/, code }] });
      assert.equal(failed, "Result");
    });
  }

  it("applies only changes, behind the environment, with the rules", () => {
    assert.equal(workflow.jobs.up?.environment, "labeling");
    assert.equal(workflow.jobs.up?.if, "needs.preview.outputs.code == '2'");
    const done = { call: /^npx .* up /, code: 2, report };
    const { calls, failed, summary } = runJob(workflow, "up", {
      answers: [newest("0123abc"), done],
    });
    assert.equal(failed, undefined);
    assert.equal(summary, report);
    assert.deepEqual(calls.map(lineOf), [
      "npm ci",
      "gh api repos/acme/signs/commits/heads/main --jq .sha",
      `npx --no -- aidp up --yes --stack acme/signs/prod ${written("up")} ` +
        "--policy-pack node_modules/pulumi-ai-data-platform/policy/main.mjs " +
        "--max-new 100000 --max-cancelled 100 --max-at-risk 0",
    ]);
    assert.ok(calls.at(-1)?.secrets.includes("AIDP_API_KEY"));
    assert.deepEqual(calls[0]?.secrets, []);
  });

  it("gives the rules their settings, in the preview and in the update", () => {
    const inputs = { "policy-pack-config": "policies.json" };
    for (const job of ["preview", "up"]) {
      const { calls } = runJob(workflow, job, { answers: [newest("0123abc")], inputs });
      assert.match(
        calls.at(-1)?.line ?? "",
        /--policy-pack \S+\/policy\/main\.mjs --policy-pack-config policies\.json\b/,
      );
    }
  });

  for (const code of [1, 3, 4]) {
    it(`fails where the update ends with exit code ${code}`, () => {
      const answers = [newest("0123abc"), { call: /^npx/, code }];
      assert.equal(runJob(workflow, "up", { answers }).failed, "Result");
    });
  }

  it("asks for the branch as it is called", () => {
    const { calls } = runJob(workflow, "up", { branch: "signs/#7 50%$(touch pwned)" });
    const asked = calls.find(({ command }) => command === "gh");
    assert.equal(asked?.args[1], "repos/acme/signs/commits/heads/signs/%237 50%25$(touch pwned)");
  });

  it("applies no commit that others came after", () => {
    const { calls, failed, output } = runJob(workflow, "up", {
      answers: [newest("4567def")],
    });
    assert.equal(failed, "Newest commit");
    assert.match(output, /main is at 4567def by now/);
    assert.ok(calls.every(({ command }) => command !== "npx"));
  });
});

describe("labeling-drift.yml", function () {
  this.timeout(60_000);
  const workflow = readWorkflow("labeling-drift");
  const open = {
    number: 5,
    user: bot,
    body: "<!-- labeling-drift: acme/signs/prod -->\n## Labeling drift",
  };
  const drift = (code: number, issues: unknown[]) => {
    const { calls, failed, summary } = runJob(workflow, "drift", {
      answers: [
        { call: /^npx/, code, ...(code === 1 ? {} : { report }) },
        { call: /^gh api --paginate/, stdout: JSON.stringify([issues]) },
      ],
    });
    return {
      failed,
      summary,
      calls: calls.filter(({ command }) => command === "gh").slice(1),
      all: calls,
    };
  };

  it("looks at the stack, with the key and without GitHub's token", () => {
    const look = drift(0, []).all.find(({ command }) => command === "npx");
    assert.equal(
      look === undefined ? "" : lineOf(look),
      `npx --no -- aidp drift --stack acme/signs/prod ${written("drift")}`,
    );
    assert.ok(look?.secrets.includes("AIDP_API_KEY"));
    assert.ok(!look?.secrets.includes("GH_TOKEN"));
  });

  it("opens an issue", () => {
    const { calls, failed, summary } = drift(2, [
      { ...open, number: 4, user: { login: "somebody" } },
    ]);
    assert.equal(failed, undefined);
    assert.equal(calls.length, 2);
    assert.match(
      calls[0]?.line ?? "",
      /^gh label create labeling-drift --repo acme\/signs --force /,
    );
    assert.match(
      calls[1]?.line ?? "",
      /--method POST repos\/acme\/signs\/issues --raw-field title=Labeling drift in acme\/signs\/prod --raw-field labels\[\]=labeling-drift --field body=@\S+$/,
    );
    assert.deepEqual(calls[1]?.files, [
      `<!-- labeling-drift: acme/signs/prod -->\n[The page with the pictures](${pageUrl})\n\n${report}\n` +
        "[The run](https://github.com/acme/signs/actions/runs/99)\n",
    ]);
    assert.equal(summary, report);
  });

  it("updates the open issue", () => {
    const { calls } = drift(2, [open]);
    assert.equal(calls.length, 1);
    assert.match(
      calls[0]?.line ?? "",
      /--method PATCH repos\/acme\/signs\/issues\/5 --field body=@\S+$/,
    );
    assert.ok(calls[0]?.files[0]?.includes(report));
  });

  it("closes the issue when there is no drift any more", () => {
    const { calls } = drift(0, [open]);
    assert.deepEqual(
      calls.map(({ line }) => line),
      [
        "gh api --silent --method POST repos/acme/signs/issues/5/comments --raw-field " +
          "body=No drift any more: https://github.com/acme/signs/actions/runs/99",
        "gh api --silent --method PATCH repos/acme/signs/issues/5 --raw-field state=closed",
      ],
    );
  });

  it("does nothing where there is no drift and no issue", () => {
    assert.deepEqual(drift(0, []).calls, []);
  });

  it("leaves the issue alone when the look fails", () => {
    const { all, failed } = drift(1, [open]);
    assert.equal(failed, "Result");
    assert.ok(all.every(({ command }) => command !== "gh"));
  });
});
