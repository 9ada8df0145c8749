import assert from "node:assert/strict";
import { digest } from "../../../provider/text/json.ts";
import { buildReport } from "../../../report/build/report.ts";
import { Listener, secret } from "../../../report/engine/events.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

const at = new Date("2026-12-01T00:00:00Z");
const about = { kind: "preview", project: "labeling", stack: "test", at } as const;

/** A report of what a listener heard. */
function reportAfter(...events: object[]) {
  return buildReport(heardOf(events), about);
}

function heardOf(events: object[]) {
  const listener = new Listener();
  for (const event of events) {
    listener.hear({ sequence: 0, timestamp: 0, ...event });
  }
  return listener.heard;
}

const violation = (enforcementLevel: string, resourceUrn = "urn:a::b::type::name") => ({
  policyEvent: {
    resourceUrn,
    message: "Checks whether it is so.\nit is not\n",
    color: "never",
    policyName: "so",
    policyPackName: "pack",
    policyPackVersion: "1",
    policyPackVersionTag: "1",
    enforcementLevel,
  },
});

const diagnostic = (severity: string, message: string) => ({
  diagnosticEvent: { severity, message, color: "never" },
});

describe("report: what it comes to", () => {
  it("is the worst of what was found", () => {
    assert.equal(reportAfter().result, "unchanged");
    assert.equal(reportAfter(violation("advisory")).result, "unchanged");
    assert.equal(reportAfter(violation("mandatory")).result, "violations");
    const failed = reportAfter(violation("mandatory"), diagnostic("error", "boom"));
    assert.equal(failed.result, "failed");
  });

  it("holds no debug messages, which have secrets in plain text", () => {
    const report = reportAfter(
      diagnostic("debug", "s3cret"),
      diagnostic("info", "s3cret"),
      diagnostic("warning", "look"),
    );
    assert.ok(!JSON.stringify(report).includes("s3cret"));
    assert.deepEqual(report.warnings, [{ text: "look" }]);
  });

  it("takes a preview that only rules ended for no failure", () => {
    const report = reportAfter(violation("mandatory"), diagnostic("error", "preview failed\n"));
    assert.deepEqual([report.result, report.failures], ["violations", []]);
  });

  it("gathers violations by rule, the mandatory ones first", () => {
    const { rules } = reportAfter(
      violation("advisory"),
      violation("mandatory", "urn:a::b::type::one"),
      violation("mandatory", "urn:a::b::type::two"),
    );
    assert.deepEqual(
      rules.map(({ rule, level, violations }) => [rule, level, violations.length]),
      [
        ["so", "mandatory", 2],
        ["so", "advisory", 1],
      ],
    );
  });

  it("lists signals and waits among the other resources that change", () => {
    const kinds = ["WorkItemSignal", "BatchSignal", "BatchCompletion"];
    const steps = ["create", "same"].flatMap((op) =>
      kinds.map((kind) => {
        const type = `pulumi-nodejs:dynamic/aidp:${kind}`;
        const metadata = { op, type, urn: `urn:a::b::${type}::${op}-${kind}`, new: { parent: "" } };
        return { resOutputsEvent: { metadata, planning: true } };
      }),
    );
    const { others, result } = reportAfter(...steps);
    const found = others.map(({ resource, action }) => [resource.split("::").at(-1), action]);
    assert.deepEqual(
      found,
      kinds.map((kind) => [`create-${kind}`, "create"]),
    );
    assert.equal(result, "changed");
  });

  const signal = (kind: string, op: string, inputs: object) => {
    const type = `pulumi-nodejs:dynamic/aidp:${kind}`;
    const side = { inputs, outputs: {}, parent: "" };
    const sides = op === "delete" ? { old: side } : { new: side };
    return {
      resOutputsEvent: { metadata: { op, type, urn: `urn:a::b::${type}::all`, ...sides } },
    };
  };

  it("knows of no limit on what ends where a signal cancels, until it is sent", () => {
    const limits = { new: 0, cancelled: 9, atRisk: 0 };
    for (const kind of ["BatchSignal", "WorkItemSignal"]) {
      const heard = heardOf([signal(kind, "create", { signal: "cancel", batchId: "7" })]);
      const { result, limits: exceeded, warnings } = buildReport(heard, { ...about, limits });
      assert.equal(result, "limits");
      assert.deepEqual(exceeded, [
        { option: "--max-cancelled", limit: 9 },
        { option: "--max-at-risk", limit: 0 },
      ]);
      assert.match(warnings[0]!.text, /^it cancels work items/);
    }
    for (const [op, name] of [
      ["same", "cancel"],
      ["delete", "cancel"],
      ["create", "release"],
    ] as const) {
      const heard = heardOf([signal("BatchSignal", op, { signal: name })]);
      assert.deepEqual(buildReport(heard, { ...about, limits }).limits, []);
    }
  });

  it("counts each item where secret defaults change, as only the engine sees that", () => {
    const inputs = {
      projectId: "p",
      batchId: "17",
      items: { a: secret, b: secret },
      defaults: secret,
    };
    const outputs = { items: inputs.items, ids: { a: "1", b: "2" } };
    const change = step("WorkItemSet", "signs", { inputs }, { inputs, outputs });
    const count = (changed: string[]) =>
      findingOf([{ ...change, changed }], "/project").report.totals.replaced;
    assert.equal(count(["defaults"]), 2);
    assert.equal(count([]), 0);
  });

  describe("after an update that failed in part, whose inputs are those of before", () => {
    const item = (dueInSeconds: number) => ({ assetUrl: "a.png", dueInSeconds });
    const inputs = { projectId: "p", batchId: "17" };

    it("says what an update does to the items as they are now", () => {
      const old = texts({ a: item(7), b: item(7) });
      const done = texts({ a: item(3), b: item(7) });
      const { report } = findingOf(
        [
          step(
            "WorkItemSet",
            "signs",
            { inputs: { ...inputs, items: old } },
            {
              inputs: { ...inputs, items: old },
              outputs: { items: done, ids: { a: "1", b: "2" }, statusOf: { a: "COMPLETED" } },
            },
          ),
        ],
        "/project",
      );
      const [{ items = [] } = {}] = report.batches;
      assert.deepEqual(
        items.map(({ key, action, atRisk, fields }) => [key, action, atRisk, fields]),
        [["a", "replace", "refused", [{ field: "dueInSeconds", old: 3, new: 7 }]]],
      );
    });

    it("tells by digests what has changed where the items are hidden", () => {
      const [week, now] = [
        texts({ a: item(7), b: item(7), c: item(7) }),
        texts({ a: item(3), b: item(7) }),
      ];
      const changed = { a: digest(now.a!), b: digest(now.b!), gone: digest("") };
      const outputs = { items: secret, ids: { a: "1", b: "2", c: "3", gone: "4" }, changed };
      const { report } = findingOf(
        [
          step(
            "WorkItemSet",
            "signs",
            { inputs: { ...inputs, items: week } },
            { inputs: { ...inputs, items: week }, outputs },
          ),
        ],
        "/project",
      );
      const [{ items = [] } = {}] = report.batches;
      assert.deepEqual(
        items.map(({ key, action }) => [key, action]),
        [
          ["a", "replace"],
          ["gone", "cancel"],
        ],
      );
    });

    it("says so of the labels of a single item", () => {
      const labels = (x: number) => [{ bbox: [x, 0, 1, 1] }];
      const declared = { ...inputs, ...item(7), assetType: "image", labels: labels(1) };
      const { report } = findingOf(
        [
          step(
            "WorkItem",
            "sign",
            { inputs: declared },
            {
              inputs: declared,
              outputs: { ...declared, labels: labels(2), workItemId: "1", status: "NEW" },
            },
          ),
        ],
        "/project",
      );
      assert.deepEqual(
        report.batches.flatMap(({ items }) => items.map(({ key, action }) => [key, action])),
        [["sign", "relabel"]],
      );
    });
  });
});
