import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { s3, useBucketStore } from "../../support/bucket-stores.ts";
import { keepEnvironment } from "../../support/environment.ts";

describe("provider: files that a manifest names", () => {
  keepEnvironment("XDG_CACHE_HOME");
  let root: string;
  let voc: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aidp-manifest-files-"));
    process.env.XDG_CACHE_HOME = join(root, "cache");
    voc = join(root, "voc");
    for (const name of ["a", "b"]) {
      write(`JPEGImages/${name}.jpg`, "");
      write(`Annotations/${name}.xml`, `<annotation><filename>${name}.jpg</filename></annotation>`);
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(name: string, text: string): void {
    mkdirSync(dirname(join(voc, name)), { recursive: true });
    writeFileSync(join(voc, name), text);
  }

  const check = async (folder: string, more: Plain = {}) => {
    const defaults = { projectId: undefined, spaceId: "00000000-0000-4000-8000-000000000001" };
    const findings = { empty: "ignore" };
    const news = { folder, manifest: join(voc, "Annotations"), findings, ...more };
    const { failures, warning } = await uploadSetLifecycle.check(news, {}, defaults);
    return { reasons: failures.map(({ reason }) => reason).join(), warning };
  };

  it("are all that is sent, and pictures without a file of annotations are told", async () => {
    const pictures = join(voc, "JPEGImages");
    assert.deepEqual(await check(pictures), { reasons: "", warning: undefined });
    write("JPEGImages/notes.txt", "");
    write("JPEGImages/c.jpg", "");
    const told = (await check(pictures)).warning ?? "";
    assert.match(told, /: 1 picture has no XML file and so no work item: c\.jpg$/);
    for (const name of ["d", "e", "f"]) {
      write(`JPEGImages/${name}.jpg`, "");
    }
    const { warning, reasons } = await check(pictures, { findings: { empty: "warn" } });
    assert.equal(reasons, "");
    assert.match(
      warning ?? "",
      /: 4 pictures have no XML file and so no work item: c\.jpg, d\.jpg, e\.jpg and 1 more; empty: 2 files/,
    );
    // Whoever names one file does not mean the others.
    const one = { manifest: join(voc, "Annotations/a.xml") };
    assert.deepEqual(await check(pictures, one), { reasons: "", warning: undefined });
  });

  it("are each named with the file that names them, where some are missing", async () => {
    rmSync(join(voc, "JPEGImages/b.jpg"));
    assert.match(
      (await check(join(voc, "JPEGImages"))).reasons,
      /: file "b\.jpg", which b\.xml names, must be a file, got /,
    );
  });

  it("are looked for nearby where none is there", async () => {
    const none = (found: string) =>
      new RegExp(`: none of its 2 files is in \\S+ \\(\\S+\\), such as a\\.jpg${found}$`);
    const hint = /\. They are in \S+\/voc\/JPEGImages: set folder to that/.source;
    assert.match((await check(voc)).reasons, none(hint));
    assert.match((await check(join(voc, "Annotations"))).reasons, none(hint));
    mkdirSync(join(voc, "JPEGImages/x/y"), { recursive: true });
    assert.match((await check(join(voc, "JPEGImages/x/y"))).reasons, none(hint));
    renameSync(join(voc, "JPEGImages"), join(root, "away"));
    mkdirSync(join(voc, "JPEGImages"));
    assert.match((await check(join(voc, "JPEGImages"))).reasons, none(""));
  });

  it("are missing for a reason that a name nearby tells", async () => {
    const pictures = join(voc, "JPEGImages");
    const composed = "\u00e9";
    write(`JPEGImages/e\u0301/a.jpg`, "");
    const folderTwin = /, but one whose name looks the same is there, in the Unicode form NFD: /;
    for (const [names, hint] of [
      [["A.jpg"], /: there is no such file, but a\.jpg is there$/],
      [["A.jpg", "B.jpg"], /, such as A\.jpg, but a\.jpg is there$/],
      [["a", "b"], /, such as a, but a\.jpg is there$/],
      [["JPEGImages\\a.jpg", "JPEGImages\\b.jpg"], /: write "\/" between folders, not "\\"$/],
      [[`${composed}/a.jpg`, `${composed}/b.jpg`], folderTwin],
      [[`${composed}/a.jpg`, "b.jpg"], folderTwin],
      [["a.jpg/c.jpg"], /\(ENOTDIR\)|: ENOTDIR$/],
    ] as const) {
      const images = names.map((name, id) => ({ id, file_name: name }));
      write("m.json", JSON.stringify({ images }));
      const { reasons } = await check(pictures, { manifest: join(voc, "m.json") });
      assert.match(reasons, hint, names.join());
    }
  });

  it("are of a folder, a manifest and a format, for each of which another one may be meant", async () => {
    const missing = async (name: string) => (await check(join(voc, name))).reasons;
    assert.match(await missing("no"), /must be a folder, got \S*no \(\/\S*no\): there is none$/);
    assert.match(await missing("JPEGImage"), /: there is none: did you mean JPEGImages\?$/);
    write("Image", "");
    assert.match(await missing("Image"), /: it is a file$/);
    assert.match(await missing("Imag"), /: there is none$/, "a file is no folder");
    const pictures = join(voc, "JPEGImages");
    assert.match(
      (await check(pictures, { manifest: join(voc, "Anotations") })).reasons,
      /: there is no such file: did you mean Annotations\?$/,
    );
    for (const [format, meant] of [
      ["yolov8", ": did you mean yolo?"],
      ["pascal-voc", ": did you mean voc?"],
      ["COCO", ": did you mean coco?"],
      ["Ultralytics", ""],
      [7, ""],
    ] as const) {
      const { reasons } = await check(pictures, { format });
      assert.ok(reasons.startsWith('format must be one of "jsonl", '), reasons);
      assert.ok(reasons.endsWith(`got ${JSON.stringify(format)}${meant}`), reasons);
    }
  });

  describe("in a bucket", () => {
    const store = useBucketStore(s3);

    it("are looked for below the prefix", async () => {
      const url = `${s3.scheme}://pictures`;
      const none = "none of its 2 files is in s3://pictures, such as a.jpg";
      assert.match((await check(url)).reasons, /a\.jpg\. They are in s3:\/\/pictures\/signs: set/);
      store.objects.clear();
      store.put("other/e.jpg", "x");
      assert.ok((await check(url)).reasons.endsWith(none));
      store.put("b.jpg", "x");
      assert.match(
        (await check(url)).reasons,
        /: file "a\.jpg", which a\.xml names, is not in the bucket$/,
      );
      store.put("a.jpg", "x");
      store.put("c.jpg", "y");
      assert.match(
        (await check(url)).warning ?? "",
        /: 2 pictures have no XML file .*: c\.jpg, other\/e/,
      );
    });
  });
});
