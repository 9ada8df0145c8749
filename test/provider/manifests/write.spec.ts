import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import type { Picture } from "../../../provider/manifests/annotated.ts";
import { annotationsOf } from "../../../provider/manifests/annotations.ts";
import type { Category } from "../../../provider/manifests/categories.ts";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readCategories, readPictures, readSplits } from "../../../provider/manifests/manifest.ts";
import { writeAnnotations, writtenFormats } from "../../../provider/manifests/write.ts";
import { errorOf } from "../../support/errors.ts";

const sizes = { "images/a.jpg": [200, 100], "images/sub/b.jpg": [61, 97] } as const;
const categories: Category[] = ["cat", 'a "dog" & <cow>', "日本"].map((name, index) => ({
  id: index + 1,
  name,
}));

/** Boxes in their picture, with a side of a hundredth of a pixel at least. */
const boxIn = ([width, height]: readonly [number, number]) =>
  fc
    .record({
      left: fc.integer({ min: 0, max: width * 100 - 1 }),
      top: fc.integer({ min: 0, max: height * 100 - 1 }),
      right: fc.integer({ min: 1, max: width * 100 }),
      bottom: fc.integer({ min: 1, max: height * 100 }),
      category: fc.constantFrom(...categories),
    })
    .filter(({ left, top, right, bottom }) => left < right && top < bottom)
    .map(({ left, top, right, bottom, category }) => ({
      bbox: [left / 100, top / 100, (right - left) / 100, (bottom - top) / 100] as const,
      category: category.name,
      kept: {},
    }));

const pictures = fc.tuple(
  ...Object.entries(sizes).map(([name, size]) =>
    fc
      .array(boxIn(size), { maxLength: 4 })
      .map((boxes): Picture => ({ name, size: { width: size[0], height: size[1] }, boxes })),
  ),
);

describe("provider: annotated pictures as files", () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-write-"));
    for (const [name, [width, height]] of Object.entries(sizes)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      const create = { width, height, channels: 3, background: "#00f" } as const;
      await sharp({ create }).jpeg().toFile(join(folder, name));
    }
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    for (const name of readdirSync(folder).filter((each) => each !== "images")) {
      rmSync(join(folder, name), { recursive: true });
    }
  });

  const write = (format: (typeof writtenFormats)[number], all: readonly Picture[]) =>
    writeAnnotations(folder, format, annotationsOf(all, categories, new Dropped()));
  const manifests = {
    coco: "annotations.coco.json",
    yolo: "data.yaml",
    voc: "Annotations",
    cvat: "annotations.xml",
  } as const;

  const one = (name: string, more: Partial<Picture> = {}): Picture => ({
    name,
    size: { width: 200, height: 100 },
    boxes: [{ bbox: [0, 0, 9, 9], category: "cat", kept: {} }],
    ...more,
  });

  for (const format of writtenFormats) {
    it(`come back from ${format} without what computing leaves in the last digits`, async () => {
      const bbox = [0.1, 0.2, 0.2, 0.55] as const;
      const boxes = [{ bbox, category: "cat", kept: {} }];
      await write(format, [one("images/a.jpg", { boxes })]);
      const [back] = (await readPictures(join(folder, manifests[format]), {})) ?? [];
      assert.deepEqual(back?.boxes[0]?.bbox, bbox);
    });

    it(`come back from ${format} as they were, with their categories`, () =>
      fc.assert(
        fc.asyncProperty(pictures, async (all) => {
          await write(format, all);
          const manifest = join(folder, manifests[format]);
          const back = (await readPictures(manifest, {})) ?? [];
          // VOC has the folder in the place of the file, and the name alone within it.
          assert.deepEqual(back.map(({ name }) => name).sort(), all.map(({ name }) => name).sort());
          for (const { name, boxes } of all) {
            const found = back.find((each) => each.name === name);
            assert.deepEqual(
              found?.boxes.map(({ category }) => category),
              boxes.map(({ category }) => category),
            );
            const numbers = (found?.boxes ?? []).flatMap(({ bbox }) => [...bbox]);
            for (const [index, number] of boxes.flatMap(({ bbox }) => [...bbox]).entries()) {
              assert.ok(Math.abs(number - (numbers[index] ?? Number.NaN)) < 1e-5);
            }
          }
          if (format !== "voc") {
            assert.deepEqual(
              (await readCategories(manifest))?.map(({ id, name }) => ({ id, name })),
              categories,
            );
          }
        }),
        { numRuns: 25 },
      ));
  }

  it("touch what changed alone, and leave the files of others", async () => {
    assert.deepEqual(await write("yolo", [one("a.jpg"), one("b.jpg")]), { written: 3, files: 3 });
    writeFileSync(join(folder, "labels", "mine.txt"), "x");
    const before = statSync(join(folder, "labels", "a.txt")).ino;
    const changed = one("b.jpg", { boxes: [] });
    assert.deepEqual(await write("yolo", [one("a.jpg"), changed]), { written: 1, files: 3 });
    assert.equal(statSync(join(folder, "labels", "a.txt")).ino, before);
    assert.equal(readFileSync(join(folder, "labels", "b.txt"), "utf8"), "");
    await write("yolo", [one("a.jpg")]);
    assert.deepEqual(readdirSync(join(folder, "labels")).sort(), ["a.txt", "mine.txt"]);
    const { message } = await errorOf(write("yolo", [one("mine.jpg")]), Error);
    assert.match(message, /has files that were not written here, .*: labels\/mine\.txt\. Choose/);
    assert.equal(readFileSync(join(folder, "labels", "mine.txt"), "utf8"), "x");
  });

  it("follow no list out of the folder", async () => {
    const outside = join(folder, "..", `${folder.split("/").at(-1)}.txt`);
    writeFileSync(outside, "x");
    await write("coco", [one("a.jpg")]);
    writeFileSync(
      join(folder, ".aidp-files.json"),
      JSON.stringify([`../${outside.split("/").at(-1)}`, outside]),
    );
    rmSync(join(folder, "annotations.coco.json"));
    await write("coco", [one("a.jpg")]);
    assert.ok(existsSync(outside));
    rmSync(outside);
  });

  it("tell of colons that the list of labels of VOC has no place for", async () => {
    const named = [{ id: 1, name: "vehicle:car" }];
    const picture: Picture = { name: "a.jpg", size: { width: 200, height: 100 }, boxes: [] };
    const annotations = annotationsOf([picture], named, new Dropped());
    await writeAnnotations(folder, "voc", annotations);
    assert.equal(annotations.dropped.text(), "colons in labelmap.txt of 1");
  });

  it("have names of classes that Python reads as texts", async () => {
    const named = ["no", "12:30", "=", "null"].map((name, index) => ({ id: index + 1, name }));
    const picture: Picture = { name: "images/a.jpg", size: { width: 200, height: 100 }, boxes: [] };
    await writeAnnotations(folder, "yolo", annotationsOf([picture], named, new Dropped()));
    assert.match(
      readFileSync(join(folder, "data.yaml"), "utf8"),
      /\nnames:\n {2}- "no"\n {2}- "12:30"\n {2}- "="\n {2}- "null"\n$/,
    );
    assert.deepEqual(await readCategories(join(folder, "data.yaml")), named);
  });

  it("keep the splits that the pictures came with, and of a part of them leave room for the others", async () => {
    const yamlOf = async (names: readonly string[], isPart: boolean) => {
      const all = names.map((name) => one(name));
      const annotations = annotationsOf(all, categories, new Dropped(), isPart);
      await writeAnnotations(folder, "yolo", annotations);
      return readFileSync(join(folder, "data.yaml"), "utf8").split("names:")[0];
    };
    for (const [names, whole, part, text] of [
      [
        ["images/train/a.jpg", "images/valid/b.jpg", "images/test/c.jpg"],
        "train: images/train\nval: images/valid\ntest: images/test\n",
        "train: images/train\nval: images/valid\ntest: images/test\n",
        "labels/train/a.txt",
      ],
      [
        ["train/images/a.jpg", "valid/images/b.jpg"],
        "train: train/images\nval: valid/images\n",
        "train: train/images\nval: valid/images\n",
        "train/labels/a.txt",
      ],
      [
        ["val/images/b.jpg"],
        "train: val/images\nval: val/images\n",
        "train: train/images\nval: val/images\n",
        "val/labels/b.txt",
      ],
      [
        ["images/train/a.jpg"],
        "train: images/train\nval: images/train\n",
        "train: images/train\nval: images/val\n",
        "labels/train/a.txt",
      ],
      [
        ["images/train/a.jpg", "b.jpg"],
        "train: images\nval: images\n",
        "train: images\nval: images\n",
        "labels/b.txt",
      ],
      [
        ["train/images/a.jpg", "b.jpg"],
        "train:\n  - images\n  - train/images\nval:\n  - images\n  - train/images\n",
        "train:\n  - images\n  - train/images\nval:\n  - images\n  - train/images\n",
        "train/labels/a.txt",
      ],
    ] as const) {
      assert.equal(await yamlOf(names, false), whole);
      assert.equal(await yamlOf(names, true), part);
      assert.ok(existsSync(join(folder, text)), text);
    }
  });

  it("have the splits of the manifest, whatever of it is there", async () => {
    const source = join(folder, "source");
    const names = ["photos/a.jpg", "photos/b.jpg", "more/images/c.jpg"];
    for (const name of names) {
      mkdirSync(join(source, name, ".."), { recursive: true });
      writeFileSync(join(source, name), "");
    }
    writeFileSync(join(source, "val.txt"), "./photos/b.jpg\n./photos/a.jpg\n");
    for (const [yaml, expected] of [
      ["train: more/images\nval: photos\n", "train: more/images\nval: images/photos\n"],
      [
        "train: [more/images, photos]\nval: val.txt\ntest: gone\n",
        "train:\n  - more/images\n  - images/photos\nval: val.txt\n",
      ],
      // Its pictures do not all belong into one folder.
      ["train: .\n", "train: train.txt\nval: val.txt\n"],
    ] as const) {
      writeFileSync(join(source, "data.yaml"), `${yaml}names: [cat]\n`);
      const splits = await readSplits(source);
      const annotations = annotationsOf([one("photos/b.jpg")], categories, new Dropped(), true);
      await writeAnnotations(folder, "yolo", { ...annotations, splits });
      const written = readFileSync(join(folder, "data.yaml"), "utf8");
      assert.equal(written.split("names:")[0], expected);
      if (expected.includes("val.txt")) {
        assert.equal(readFileSync(join(folder, "val.txt"), "utf8"), "./images/photos/b.jpg\n");
      }
    }
    const coco = join(source, "coco.json");
    const images = ["images/train/a.jpg", "images/val/b.jpg"].map((name, id) => ({
      id,
      file_name: name,
    }));
    writeFileSync(coco, JSON.stringify({ images, annotations: [], categories: [] }));
    assert.deepEqual(
      (await readSplits(coco)).map(({ name, folders }) => [name, folders]),
      [
        ["train", ["images/train"]],
        ["val", ["images/val"]],
      ],
    );
  });

  it("have outlines in YOLO if each has one", async () => {
    const outline = {
      bbox: [0, 0, 100, 50] as const,
      category: "cat",
      kept: { segmentation: [[0, 0, 100, 0, 100, 50]] },
    };
    const dropped = new Dropped();
    const outlined = one("a.jpg", { boxes: [outline] });
    await writeAnnotations(folder, "yolo", annotationsOf([outlined], categories, dropped));
    const text = () => readFileSync(join(folder, "labels/a.txt"), "utf8");
    assert.equal(text(), "0 0 0 0.5 0 0.5 0.5\n");
    assert.equal(dropped.text(), undefined);
    await writeAnnotations(
      folder,
      "yolo",
      annotationsOf([outlined, one("b.jpg")], categories, dropped),
    );
    assert.equal(text(), "0 0.25 0.25 0.5 0.5\n");
    assert.equal(dropped.text(), "segmentation of 1");
  });

  it("of people's work always find a place, and what is left out is counted", async () => {
    const dropped = new Dropped();
    const all = [
      one("a.jpg"),
      one("a.png"),
      one("https://e.com/uc#1a2b"),
      one("c.jpg", { size: {} }),
    ];
    await writeAnnotations(folder, "yolo", annotationsOf(all, categories, dropped, true));
    assert.deepEqual(readdirSync(join(folder, "labels"), { recursive: true }).sort(), [
      "a.txt",
      "e.com",
      "e.com/uc#1a2b.txt",
    ]);
    assert.equal(
      dropped.text(),
      "pictures that differ in their ending only of 1, pictures whose size is not known of 1",
    );
  });

  it("are refused where two would share a file, lead out of the folder, or lack a size", async () => {
    for (const [all, message] of [
      [[one("a.jpg"), one("a.png")], /images "a\.jpg" and "a\.png" would share a file/],
      [[one("../a.jpg")], /image "\.\.\/a\.jpg": its name leads out of the folder/],
      [[one("C:\\a.jpg")], /its name leads out of the folder/],
      [[one("a.jpg", { size: {} })], /image "a\.jpg": its size is not known/],
    ] as const) {
      // CVAT has one file for all.
      const formats = ["yolo", "voc", ...(all.length === 1 ? ["cvat"] : [])] as (
        | "yolo"
        | "voc"
        | "cvat"
      )[];
      for (const format of formats) {
        assert.match((await errorOf(write(format, all), Error)).message, message);
      }
    }
    assert.deepEqual(readdirSync(folder), ["images"]);
  });

  it("name a box without a category, and count what a format has no place for", async () => {
    const box = { bbox: [0, 0, 9, 9], category: undefined, kept: { score: 1 } } as const;
    const dropped = new Dropped();
    const annotations = annotationsOf([one("a.jpg", { boxes: [box] })], categories, dropped);
    await writeAnnotations(folder, "cvat", annotations);
    assert.match(readFileSync(join(folder, "annotations.xml"), "utf8"), /<name>object<\/name>/);
    assert.equal(dropped.text(), "score of 1");
  });
});
