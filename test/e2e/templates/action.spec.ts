import assert from "node:assert/strict";
import type { Answer } from "./support.ts";
import { action, readWorkflow, runJob, type Situation } from "./workflow.ts";

const report = "## Labeling preview\n";
const preview = readWorkflow("labeling-preview");
const drift = readWorkflow("labeling-drift");
const { steps } = action.runs;

describe("the action for GitHub", function () {
  this.timeout(60_000);

  it("uses each of its inputs, and no other", () => {
    const used = [...action.text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(action.inputs).sort());
    for (const [name, { description, default: byDefault, required }] of Object.entries(
      action.inputs,
    )) {
      assert.match(description, /^[A-Z]/, name);
      assert.equal(byDefault === undefined, required === true, name);
    }
  });

  it("is given only inputs that it has, by the workflows", () => {
    for (const workflow of [preview, drift, readWorkflow("labeling-up")]) {
      for (const { uses, with: given = {} } of Object.values(workflow.jobs).flatMap(
        (job) => job.steps,
      )) {
        if (!uses?.startsWith("actions/")) {
          assert.deepEqual(
            Object.keys(given).filter((name) => !(name in action.inputs)),
            [],
          );
        }
      }
    }
  });

  it("puts no text of others into a script, and pins what it uses", () => {
    assert.equal(action.runs.using, "composite");
    for (const { run, shell, uses } of steps) {
      assert.doesNotMatch(run ?? "", /\$\{\{/);
      assert.equal(shell, run === undefined ? undefined : "bash");
      assert.ok(uses === undefined || /^[\w/-]+@[0-9a-f]{40}$/.test(uses), uses);
    }
    for (const [line] of action.text.matchAll(/uses: .*/g)) {
      assert.match(line, / # v\d+\.\d+\.\d+$/);
    }
  });

  it("keeps the page as it is, so that it opens in the browser", () => {
    const page = steps.find(({ id }) => id === "page");
    assert.equal(page?.with?.archive, false);
    assert.equal(page?.with?.name, undefined);
  });

  const refusals: [name: string, situation: Situation, message: RegExp][] = [
    [
      "another command",
      { inputs: { command: "destroy" } },
      /must be preview, up or drift, got "destroy"/,
    ],
    ["no stack", { inputs: { stack: "" } }, /The input stack is empty: name the stack/],
    [
      "an unclear comment",
      { inputs: { comment: "no" } },
      /comment must be true or false, got "no"/,
    ],
    ["an unclear page", { inputs: { page: "a.html" } }, /page must be true or false, got "a.html"/],
    [
      "pull_request_target",
      { event: "pull_request_target" },
      /would run a stranger's program with your secrets/,
    ],
  ];
  for (const [name, situation, message] of refusals) {
    it(`refuses ${name} before it installs or runs anything`, () => {
      const { failed, output, calls } = runJob(preview, "preview", situation);
      assert.equal(failed, "Begin");
      assert.match(output, message);
      assert.deepEqual(calls, []);
    });
  }

  it("gives each limit only where it is set", () => {
    const none = { "max-new": "", "max-cancelled": "", "max-at-risk": "", "policy-pack": "" };
    const lineWith = (inputs: Record<string, string>) =>
      runJob(preview, "preview", { inputs: { ...none, ...inputs } }).calls.find(
        ({ command }) => command === "npx",
      )?.line ?? "";
    assert.doesNotMatch(lineWith({}), /--max|--policy/);
    assert.match(
      lineWith({ "max-relabelled-done": "5", "max-cost": "12.50" }),
      /\.html --max-relabelled-done 5 --max-cost 12\.50$/,
    );
    assert.doesNotMatch(lineWith({ page: "false" }), /--html/);
  });

  it("gives a look for drift no limits, and shows its report in the run", () => {
    const answers: Answer[] = [
      { call: /^npx/, code: 2, report },
      { call: /^gh api --paginate/, stdout: "[[]]" },
    ];
    const { calls, summary } = runJob(drift, "drift", { answers, inputs: { comment: "false" } });
    assert.doesNotMatch(calls.map(({ line }) => line).join("\n"), /--max|--policy|^gh/m);
    assert.equal(summary, report);
  });

  it("takes settings from earlier steps, unless the workflow gives them", () => {
    const inputs = { "pulumi-access-token": "", "pulumi-backend-url": "" };
    const secretsOf = (env: Record<string, string>) =>
      runJob(preview, "preview", { inputs, env }).calls.map(({ command, secrets }) => [
        command,
        secrets,
      ]);
    assert.deepEqual(secretsOf({})[1], ["npx", ["PULUMI_CONFIG_PASSPHRASE"]]);
    const byOidc = { AIDP_API_KEY: "key", PULUMI_ACCESS_TOKEN: "token" };
    const [install, run] = secretsOf({ ...byOidc, PULUMI_CONFIG_PASSPHRASE: "words" });
    assert.deepEqual(install, ["npm", []]);
    assert.deepEqual(run, ["npx", [...Object.keys(byOidc), "PULUMI_CONFIG_PASSPHRASE"]]);
  });

  it("runs nothing where a line of the installation fails", () => {
    const inputs = { install: "npm ci | cat\nfalse | cat\ntrue" };
    const { calls, failed } = runJob(preview, "preview", { inputs });
    assert.equal(failed, "Install");
    assert.deepEqual(
      calls.map(({ line }) => line),
      ["npm ci"],
    );
  });

  it("runs in the folder of the project, and tells its stack from one of the same name", () => {
    const { calls, artifacts, failed } = runJob(preview, "preview", {
      inputs: { stack: "prod", "working-directory": "labeling/signs" },
      files: { "labeling/signs/Pulumi.yaml": "name: signs\n" },
      answers: [
        { call: /^npx/, code: 2, report },
        { call: /^gh api --paginate/, stdout: "[]" },
      ],
    });
    assert.equal(failed, undefined);
    assert.deepEqual(artifacts, ["labeling-preview-labeling-signs-prod.html"]);
    assert.ok(
      calls.at(-1)?.files[0]?.startsWith("<!-- labeling-preview: prod in labeling/signs -->\n"),
    );
  });

  it("writes the comment where no page can be kept", () => {
    const { calls, failed } = runJob(preview, "preview", {
      takesArtifacts: false,
      answers: [
        { call: /^npx/, code: 2, report },
        { call: /^gh api --paginate/, stdout: "[]" },
      ],
    });
    assert.equal(failed, undefined);
    assert.match(calls.at(-1)?.files[0] ?? "", /\n\n\[The run\]/);
  });

  it("keeps no page and links none where aidp wrote none", () => {
    const { artifacts, calls } = runJob(preview, "preview", {
      answers: [
        { call: /^npx/, code: 1 },
        { call: /^gh api --paginate/, stdout: "[]" },
      ],
    });
    assert.deepEqual(artifacts, []);
    assert.doesNotMatch(calls.at(-1)?.files[0] ?? "", /The page/);
  });
});
