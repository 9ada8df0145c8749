import assert from "node:assert/strict";
import { buildReport } from "../../../report/build/report.ts";
import { Listener, type Step, secret } from "../../../report/engine/events.ts";
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

  it("is not what an update that failed in part left undone", () => {
    const [one, two] = [{ "a.jpg": '{"sha256":"00"}' }, { "b.jpg": '{"sha256":"11"}' }];
    const sent = { inputs: { files: { ...one, ...two } } };
    const uploads = { inputs: { files: one }, outputs: { files: { ...one, ...two } } };
    const files = { ...step("UploadSet", "photos", sent, uploads), isUndone: true };
    const declared = { inputs: { name: "signs", metadata: { a: 1 } } };
    const found = { inputs: { name: "signs", metadata: {} } };
    const batch = step("Batch", "signs", found, { ...declared, outputs: { metadata: {} } });
    const secretly = step("Batch", "signs", found, { ...found, outputs: { metadata: secret } });
    for (const each of [files, batch, { ...secretly, changed: ["metadata.b"] }]) {
      assert.deepEqual(drift({ ...each, isUndone: true }), ["unchanged", [], []]);
    }
    assert.deepEqual(drift(secretly), ["changed", [], []]);
    // What changed besides is.
    const renamed = step("Batch", "signs", { inputs: { name: "other" } }, declared);
    assert.deepEqual(drift({ ...renamed, isUndone: true }), ["changed", [], []]);
  });

  it("is a change of another provider's resource", () => {
    const bucket = { ...step("Export", "a", {}, {}), type: "aws:s3/bucket:Bucket" };
    assert.deepEqual(drift(bucket), ["changed", [], ["update"]]);
  });
});
