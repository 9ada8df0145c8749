import assert from "node:assert/strict";
import { toJsonText } from "../../../provider/text/json.ts";
import { uploadChanges } from "../../../report/build/uploads.ts";
import { uploadsTitle, uploadText } from "../../../report/words.ts";
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

  it("are those that an update sent which failed in part", () => {
    const [one, two] = [text({ sha256: "00" }), text({ sha256: "11" })];
    const files = { "a.jpg": one, "b.jpg": two, "c.jpg": one };
    const known = { inputs: { files: {} }, outputs: { files: { "a.jpg": one, "b.jpg": one } } };
    const set = step("UploadSet", "photos", { inputs: { files } }, known);
    assert.deepEqual(
      uploadChanges(set).map(({ file, action }) => [file, action]),
      [
        ["b.jpg", "change"],
        ["c.jpg", "add"],
      ],
    );
  });

  it("says which are named by URL, and which come back, so that only the others are sent", () => {
    const [first, second] = [text({ sha256: "00" }), text({ sha256: "11" })];
    const link = text({ etag: "1", url: "https://b/c.jpg#1" });
    const olds = { "a.jpg": second, "gone.jpg": first };
    const set = step(
      "UploadSet",
      "photos",
      { inputs: { files: { "a.jpg": first, "b.jpg": first, "c.jpg": link } } },
      {
        inputs: { files: olds },
        outputs: { earlier: toJsonText({ "a.jpg": { [first]: "uploads/1" } }) },
      },
    );
    const one = (sha256: string) => ({ source: "d.jpg", sha256, contentType: "image/jpeg" });
    const single = step(
      "SignedUpload",
      "one",
      { inputs: one("00") },
      { inputs: one("11"), outputs: { earlier: { "00 image/jpeg": "uploads/2" } } },
    );
    const all = [set, single].flatMap((each) => uploadChanges(each));
    assert.deepEqual(
      all.map(({ file, unsent, renamed }) => [file, unsent, renamed]),
      [
        ["a.jpg", "back", undefined],
        ["b.jpg", undefined, "gone.jpg"],
        ["c.jpg", "link", undefined],
        ["gone.jpg", undefined, undefined],
        ["d.jpg", "back", undefined],
      ],
    );
    assert.equal(
      uploadsTitle(all),
      "Files (1 to send, 5 B; 1 to name by URL; 2 to come back; 1 leaves the stack)",
    );
    assert.deepEqual(all.slice(0, 3).map(uploadText), [
      "changed, comes back, 5 B → 5 B",
      "sent anew under this name, 5 B",
      "new, named by URL",
    ]);
    // A replacement knows nothing of what the replaced one let go.
    const [{ unsent } = assert.fail()] = uploadChanges({ ...set, op: "replace" });
    assert.equal(unsent, undefined);
  });
});
