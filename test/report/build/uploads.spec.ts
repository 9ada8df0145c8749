import assert from "node:assert/strict";
import { uploadChanges } from "../../../report/build/uploads.ts";
import { step } from "../../support/findings.ts";

describe("report: the files of an upload set", () => {
  const text = (more: object) => JSON.stringify({ contentType: "image/jpeg", size: 5, ...more });
  const changes = (old: string, next: string) =>
    uploadChanges(
      step(
        "UploadSet",
        "photos",
        { inputs: { files: { "a.jpg": next } } },
        { inputs: { files: { "a.jpg": old } } },
      ),
    ).map(({ file, action, newSize }) => ({ file, action, newSize }));

  it("changes with its bytes, with what a bucket calls them, and with its URL", () => {
    for (const [old, next, newSize] of [
      [{ sha256: "00" }, { sha256: "11" }, 5],
      [{ etag: "1" }, { etag: "2" }, 5],
      [{ sha256: "00" }, { etag: "1" }, 5],
      // Nothing is sent.
      [{ etag: "1" }, { etag: "1", url: "https://b/a.jpg#1" }, undefined],
    ] as const) {
      assert.deepEqual(changes(text(old), text(next)), [
        { file: "a.jpg", action: "change", newSize },
      ]);
    }
    assert.deepEqual(changes(text({ etag: "1" }), text({ etag: "1" })), []);
  });
});
