import assert from "node:assert/strict";
import { buildReport } from "../../../report/build/report.ts";
import { Listener, type Step } from "../../../report/engine/events.ts";
import { step } from "../../support/findings.ts";

describe("report: what counts as drift", () => {
  const at = new Date("2026-12-01T09:00:00Z");
  const drift = (...steps: Step[]) => {
    const heard = { ...new Listener().heard, steps };
    const { result, uploads, others } = buildReport(heard, {
      ...{ kind: "drift", project: "labeling", stack: "prod", at },
    });
    return [result, uploads.map(({ action }) => action), others.map(({ action }) => action)];
  };
  const gone = (each: Step): Step => ({ ...each, op: "delete" });

  it("is a file that is no longer in the space", () => {
    const file = { inputs: { files: { "a.jpg": '{"sha256":"00"}' } } };
    const set = step("UploadSet", "photos", { inputs: { files: {} } }, file);
    assert.deepEqual(drift(set), ["changed", ["missing"], []]);
    const one = step("SignedUpload", "photo", {}, { inputs: { source: "a.jpg", sha256: "00" } });
    assert.deepEqual(drift(gone(one)), ["changed", ["missing"], []]);
  });

  it("is an export that the platform does not have any more, and no other change of what follows work", () => {
    for (const kind of ["Export", "AnnotationExport", "BatchCompletion", "BatchSignal"] as const) {
      const changed = step(kind, "a", { outputs: { contents: "more" } }, { outputs: {} });
      assert.deepEqual(drift(changed), ["unchanged", [], []]);
      assert.deepEqual(drift(gone(changed)), ["changed", [], ["delete"]]);
    }
  });

  it("is a change of another provider's resource", () => {
    const bucket = { ...step("Export", "a", {}, {}), type: "aws:s3/bucket:Bucket" };
    assert.deepEqual(drift(bucket), ["changed", [], ["update"]]);
  });
});
