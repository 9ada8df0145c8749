import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { digestEntries } from "../../../provider/lifecycle/packed-values.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { hold } from "../../../provider/pulumi/contents.ts";
import { pack } from "../../../provider/pulumi/packing.ts";
import { buildReport } from "../../../report/build/report.ts";
import { Listener } from "../../../report/engine/events.ts";

/** What a report hears of one resource. */
function heardOf(before: { inputs: Plain; outputs: Plain }, after: { inputs: Plain }) {
  const listener = new Listener();
  const metadata = { op: "update", urn: "urn", type: "type", old: before, new: after };
  listener.hear({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
  return listener.heard.steps[0];
}

describe("report: what the engine says of large maps", () => {
  const files = { "a.jpg": "of before" };
  const packed = pack(files);

  it("is read from outputs, for the inputs of before as well", () => {
    const elsewhere = digestEntries({ "a.jpg": "as another machine checked it" });
    const inputs = { files: elsewhere };
    const step = heardOf({ inputs, outputs: { files: packed } }, { inputs: {} });
    assert.deepEqual(step?.old, { inputs: { files }, outputs: { files } });
  });

  it("is what was checked on this machine, for the inputs of now", () => {
    const digest = hold({ "a.jpg": "of now" });
    const before = { inputs: { files: digestEntries(files) }, outputs: { files: packed } };
    const step = heardOf(before, { inputs: { files: digest } });
    assert.deepEqual(step?.new?.inputs, { files: { "a.jpg": "of now" } });
  });

  it("stays a digest where nothing is known", () => {
    const digest = digestEntries({ "a.jpg": "known to nobody" });
    const step = heardOf({ inputs: {}, outputs: {} }, { inputs: { files: digest } });
    assert.deepEqual(step?.new?.inputs, { files: digest });
  });
});

describe("report: what the engine says of an update that failed in part", () => {
  it("is that it is left undone", () => {
    for (const [initErrors, isUndone] of [
      [['"a.jpg": boom'], true],
      [[], undefined],
      [undefined, undefined],
    ] as const) {
      const step = heardOf({ inputs: {}, outputs: {}, ...{ initErrors } }, { inputs: {} });
      assert.equal(step?.isUndone, isUndone);
    }
  });
});

describe("report: what the engine says of a removed resource with retainOnDelete", () => {
  it("ends no work item", () => {
    const listener = new Listener();
    const type = "pulumi-nodejs:dynamic/aidp:WorkItem";
    const urn = `urn:pulumi:prod::labeling::${type}::one`;
    const outputs = { workItemId: "1", status: "IN_PROGRESS" };
    const old = { retainOnDelete: true, inputs: { projectId: "p", assetUrl: "a.jpg" }, outputs };
    const metadata = { op: "delete", urn, type, old, new: null };
    listener.hear({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
    const about = { kind: "preview", project: "labeling", stack: "prod" } as const;
    const look = { ...about, at: new Date(), limits: { cancelled: 0, atRisk: 0 } };
    const { totals, limits, warnings, result } = buildReport(listener.heard, look);
    assert.deepEqual([totals.cancelled, totals.atRisk, limits, result], [0, 0, [], "changed"]);
    assert.match(warnings[0]?.text ?? "", /stay on the platform as they are: .* retainOnDelete/);
  });
});

describe("report: what the engine says of a broken rule", () => {
  it("has its severity, and the link that ends a violation", () => {
    const listener = new Listener();
    const said = { policyName: "set-size", policyPackName: "pack", enforcementLevel: "mandatory" };
    for (const [severity, message] of [
      ["high", "Checks it.\ntoo many\nhttps://example.com/policies.md#set-size\n"],
      [undefined, "Checks it.\nsee https://example.com/ or\nhttps://example.com/?a=<b>\n"],
    ]) {
      const policyName = severity ?? "other";
      listener.hear({
        policyEvent: { ...said, policyName, severity, message },
      } as unknown as EngineEvent);
    }
    const others = { pack: "pack", level: "mandatory" };
    assert.deepEqual(listener.heard.rules, [
      {
        rule: "high",
        ...others,
        severity: "high",
        url: "https://example.com/policies.md#set-size",
        violations: [{ text: "too many" }],
      },
      {
        rule: "other",
        ...others,
        violations: [{ text: "see https://example.com/ or\nhttps://example.com/?a=<b>" }],
      },
    ]);
  });
});
