import assert from "node:assert/strict";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import type { Dependencies } from "../../../report/build/places.ts";
import { type Step, secret } from "../../../report/engine/events.ts";
import type { LocalFile } from "../../../report/html/local-files.ts";
import { findingOf, step, texts, urnOf } from "../../support/findings.ts";

const file = (sha256: string) => JSON.stringify({ sha256, size: 3 });
const place = { projectId: "p", batchId: "17" };
const set = (items: Record<string, object>) => ({ inputs: { ...place, items: texts(items) } });
const uploads = (files: Record<string, string>, folder = "photos") => ({
  inputs: { folder, files },
});

/** What each changed item shows before and after, by key. */
function shownBy(steps: Step[], dependencies?: Dependencies) {
  const { report, files } = findingOf(steps, "/project", dependencies);
  const items = report.batches.flatMap((batch) => batch.items);
  const sides = items.map((item) => {
    const of = (side: "old" | "new") => (item[side] === undefined ? "" : files.of(item, side));
    return [item.key, { old: of("old"), new: of("new") }] as const;
  });
  return Object.fromEntries(sides);
}

const one = (name: string, sha256: string, folder = "/project/photos"): LocalFile => ({
  folder,
  name,
  sha256,
  size: 3,
  followLinks: false,
});

describe("report: local files of work items", () => {
  it("finds the file of an item in the upload set that has it", () => {
    const shown = shownBy([
      step("UploadSet", "photos", uploads({ "a/1.jpg": file("11") })),
      step("UploadSet", "others", uploads({ "2.jpg": file("22") }, "/data/others")),
      step("WorkItemSet", "signs", set({ one: { file: "a/1.jpg" }, two: { file: "2.jpg" } })),
    ]);
    assert.deepEqual(shown.one?.new, one("a/1.jpg", "11"));
    assert.deepEqual(shown.two?.new, one("2.jpg", "22", "/data/others"));
  });

  it("tells the earlier file of a changed picture by its hash, wherever the folder is now", () => {
    const ids = { one: "id" };
    const items = set({ one: { file: "1.jpg", difficulty: 1 } });
    const shown = shownBy([
      step("UploadSet", "photos", uploads({ "1.jpg": file("new") }, "moved"), {
        ...uploads({ "1.jpg": file("old") }),
      }),
      step("WorkItemSet", "signs", set({ one: { file: "1.jpg", difficulty: 2 } }), {
        ...items,
        outputs: { ids },
      }),
    ]);
    assert.deepEqual(shown.one?.old, one("1.jpg", "old", "/project/moved"));
    assert.deepEqual(shown.one?.new, one("1.jpg", "new", "/project/moved"));
  });

  it("finds a single upload by what its item depends on, and by its path once that is known", () => {
    const upload = { inputs: { source: "photos/1.jpg", sha256: "11", size: 3 } };
    const stored = { ...upload, outputs: { path: "space/1" } };
    const item = (assetUrl: string) => ({ inputs: { ...place, assetType: "image", assetUrl } });
    const depends = new Map([
      [urnOf("WorkItem", "one"), { assetUrl: [urnOf("SignedUpload", "one")] }],
    ]);
    const before = shownBy(
      [step("SignedUpload", "one", upload), step("WorkItem", "one", item(unknownValue))],
      depends,
    );
    assert.deepEqual(before.one?.new, one("1.jpg", "11"));
    const after = shownBy([
      step("SignedUpload", "one", stored, stored),
      step("WorkItem", "one", item("space/1")),
    ]);
    assert.deepEqual(after.one?.new, one("1.jpg", "11"));
  });

  it("does without paths that are secret", () => {
    const stored = { ...uploads({ "1.jpg": file("11") }), outputs: { paths: secret } };
    const shown = shownBy([
      step("UploadSet", "photos", stored, stored),
      step("WorkItemSet", "signs", set({ one: { file: "1.jpg" }, two: { assetUrl: "space/1" } })),
    ]);
    assert.deepEqual(shown.one?.new, one("1.jpg", "11"));
    assert.equal(shown.two?.new, "its file is not one that this stack uploads");
  });

  it("says why there is none", () => {
    const shown = shownBy([
      step("UploadSet", "photos", uploads({ "1.jpg": file("11"), "2.jpg": secret })),
      step("UploadSet", "again", uploads({ "1.jpg": file("11") })),
      step(
        "WorkItemSet",
        "signs",
        set({
          twice: { file: "1.jpg" },
          hidden: { file: "2.jpg" },
          other: { file: "3.jpg" },
          remote: { assetUrl: "https://example.com/1.jpg" },
          stored: { assetUrl: "space/9.jpg" },
          local: { assetUrl: "/etc/passwd" },
        }),
      ),
    ]);
    const reasons = Object.entries(shown).map(([key, sides]) => [key, sides.new]);
    assert.deepEqual(Object.fromEntries(reasons), {
      twice: "several uploads of this stack have a file of this name",
      hidden: "its file is secret, or not known before the update",
      other: "its file is not one that this stack uploads",
      remote: "it is elsewhere, and a report fetches nothing",
      stored: "its file is not one that this stack uploads",
      local: "its file is not one that this stack uploads",
    });
  });
});
