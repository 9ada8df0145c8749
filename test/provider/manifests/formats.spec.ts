import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import type { FormatName } from "../../../provider/manifests/formats.ts";
import {
  readCategories,
  readManifest,
  readPictures,
} from "../../../provider/manifests/manifest.ts";
import { assertRefused } from "../../support/errors.ts";

const label = (category: string, ...bbox: number[]) => ({ bbox, metadata: { category } });
const item = (file: string, ...labels: object[]) => ({
  file,
  assetType: "image",
  ...(labels.length > 0 && { labels }),
});

describe("provider: manifests of annotated pictures", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-formats-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  /** A picture of 200 by 100, which `orientation` turns. */
  async function draw(name: string, orientation = 1): Promise<void> {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await sharp({ create: { width: 200, height: 100, channels: 3, background: "#00f" } })
      .withMetadata({ orientation })
      .jpeg()
      .toFile(join(folder, name));
  }
  const read = async (name: string, dropped = new Dropped(), format?: FormatName) =>
    Object.fromEntries(
      await Array.fromAsync(readManifest(join(folder, name), { dropped, format })),
    );
  const refuses = (name: string, message: RegExp) => assertRefused(read(name), message);

  describe("YOLO", () => {
    it("of Ultralytics: all splits, boxes in pixels of the picture as people see it", async () => {
      await draw("images/train/a.jpg");
      await draw("images/train/turned.jpg", 6);
      await draw("images/val/sub/b.jpg");
      await draw("images/val/empty.jpg");
      write({
        "data.yaml":
          "path: .\ntrain: images/train\nval:\n  - images/val\nnames:\n  0: cat\n  1: dog\n",
        "labels/train/a.txt": "0 0.5 0.5 0.1 0.2\n1 0.25 0.5 0.5 1 0.9\n",
        "labels/train/turned.txt": "1 0.5 0.25 0.5 0.5\n",
        "labels/val/sub/b.txt": "0 0.1 0.1 0.3 0.1 0.3 0.4\n",
        "labels/val/empty.txt": "\n",
      });
      const expected = {
        "images/train/a.jpg": item(
          "images/train/a.jpg",
          label("cat", 90, 40, 20, 20),
          label("dog", 0, 0, 100, 100),
        ),
        "images/train/turned.jpg": item("images/train/turned.jpg", label("dog", 25, 0, 50, 100)),
        "images/val/sub/b.jpg": item("images/val/sub/b.jpg", label("cat", 20, 10, 40, 30)),
        "images/val/empty.jpg": item("images/val/empty.jpg"),
      };
      const dropped = new Dropped();
      const items = await read("data.yaml", dropped);
      assert.deepEqual(items, expected);
      assert.match(dropped.line() ?? "", /of annotations: score of 1, segmentation of 1\./);
      assert.deepEqual(await read("."), items);
      assert.deepEqual(await readCategories(join(folder, "data.yaml")), [
        { id: 1, name: "cat" },
        { id: 2, name: "dog" },
      ]);
      const kept = await read("data.yaml", new Dropped(["segmentation", "score"]));
      assert.deepEqual(kept["images/val/sub/b.jpg"]?.labels?.at(0), {
        bbox: [20, 10, 40, 30],
        metadata: { category: "cat", segmentation: [[20, 10, 60, 10, 60, 40]] },
      });
      const misspelt = new Dropped(["segmentation", "scroe"]);
      await read("data.yaml", misspelt);
      assert.match(
        misspelt.line() ?? "",
        /^keep names "scroe", which no annotation has: did you mean score\?; the platform takes boxes/,
      );
    });

    it("of darknet, and of a folder with a list of classes", async () => {
      await draw("data/obj/a.jpg");
      write({
        "data/obj.data": "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n",
        "data/obj.names": "cat\n",
        "data/train.txt": "data/obj/a.jpg\n",
        "data/obj/a.txt": "0 0.5 0.5 0.1 0.2\n",
      });
      const expected = { "obj/a.jpg": item("obj/a.jpg", label("cat", 90, 40, 20, 20)) };
      for (const manifest of ["data/obj.data", "data", "data/obj.names"]) {
        assert.deepEqual(await read(manifest), expected, manifest);
      }
    });

    it("of Roboflow, of tools that write texts beside pictures, and with keypoints", async () => {
      await draw("rf/train/images/a.jpg");
      write({
        "rf/data.yaml":
          "train: ../train/images\nval: ../train/images\ntest: ../test/images\nnames: [cat]\nkpt_shape: [1, 3]\n",
        "rf/train/labels/a.txt": "0 0.5 0.5 0.1 0.2 0.25 0.5 2\n",
      });
      const [picture] =
        (await readPictures(join(folder, "rf"), { dropped: new Dropped(["keypoints"]) })) ?? [];
      assert.deepEqual(picture?.boxes[0]?.kept, { keypoints: [50, 50, 2] });
      write({
        "rf/data.yaml": "train: train/images\nnames: [cat]\nkpt_shape: [2, 2]\n",
        "rf/train/labels/a.txt": "0 0.5 0.5 0.1 0.2 0.25 0.5 0.5 0.1\n",
      });
      const [pairs] =
        (await readPictures(join(folder, "rf"), { dropped: new Dropped(["keypoints"]) })) ?? [];
      assert.deepEqual(pairs?.boxes[0]?.kept, { keypoints: [50, 50, 2, 100, 10, 2] });
      await draw("images/b.jpg");
      write({ "images/b.txt": "0 0.5 0.5 0.1 0.2\n", "images/classes.txt": "cat\r\ndog\r\n" });
      assert.deepEqual(await read("images"), {
        "b.jpg": item("b.jpg", label("cat", 90, 40, 20, 20)),
      });
    });

    it("of CVAT, whose paths begin with a folder that is not there", async () => {
      await draw("signs/obj_train_data/a.jpg");
      write({
        "signs/obj.data": "train = data/train.txt\nnames = data/obj.names\nbackup = backup/\n",
        "signs/obj.names": "cat\n",
        "signs/train.txt": "data/obj_train_data/a.jpg\n",
        "signs/obj_train_data/a.txt": "0 0.5 0.5 0.1 0.2\n",
      });
      assert.deepEqual(await read("signs"), {
        "obj_train_data/a.jpg": item("obj_train_data/a.jpg", label("cat", 90, 40, 20, 20)),
      });
    });

    it("has linked pictures, too", async () => {
      await draw("store/a.jpg");
      write({
        "data.yaml": "train: images\nnames: [cat]\n",
        "labels/a.txt": "0 0.5 0.5 0.1 0.2\n",
      });
      mkdirSync(join(folder, "images"));
      symlinkSync("../store/a.jpg", join(folder, "images/a.jpg"));
      mkdirSync(join(folder, "images/sub"));
      symlinkSync("..", join(folder, "images/sub/loop"));
      symlinkSync(".", join(folder, "images/again"));
      // A folder that links lead back to has no more pictures.
      assert.deepEqual(Object.keys(await read("data.yaml")), ["images/a.jpg"]);
    });

    it("refuses texts that no picture would be read with", async () => {
      const text = "0 0.5 0.5 0.1 0.2\n";
      await draw("images/a.jpg");
      write({
        "data.yaml": "train: images\nnames: [cat]\n",
        "labels/a.txt": text,
        "labels/classes.txt": "cat\n",
        "labels/sub/b.txt": text,
      });
      await refuses("data.yaml", /^labels\/sub\/b\.txt has no picture$/);
      await draw("images/sub/b.jpg");
      assert.equal(Object.keys(await read("data.yaml")).length, 2);
      renameSync(join(folder, "labels/a.txt"), join(folder, "labels/a.TXT"));
      await refuses("data.yaml", /^labels\/a\.TXT is not read: its name must end in \.txt$/);
      await draw("beside/a.jpg");
      write({
        "beside/classes.txt": "cat\n",
        "beside/a.txt": text,
        "beside/notes.txt": "3 of 4 are good\n",
        "beside/b.txt": "\n0 .5 0.5 1e-1 0.2\n",
      });
      await refuses("beside", /^b\.txt has no picture$/);
    });

    it("says where pictures are missing, and what may be wrong with their names", async () => {
      write({ "data.yaml": "train: images\nnames: [cat]\n", "images/notes.md": "" });
      await refuses("data.yaml", /^there are no pictures where it says, from the folder \S+$/);
      await draw("images/a.jpg");
      write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n", "list.txt": "images\\a.jpg\n" });
      write({ "data.yaml": "train: list.txt\nnames: [cat]\n" });
      await refuses("data.yaml", /^its picture \S+ is not there: write "\/" between folders, not/);
      write({ "data.yaml": "train: .\\images\nnames: [cat]\n" });
      await refuses(
        "data.yaml",
        /^its pictures are not there: \S+, .*: write "\/" between folders/,
      );
    });

    it("refuses names of classes that are no UTF-8, and numbers with a gap", async () => {
      await draw("images/a.jpg");
      write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n", "classes.txt": "cat\n\ndog\n" });
      const latin = Buffer.from("train: images\nnames: [café]\n", "latin1");
      writeFileSync(join(folder, "data.yaml"), latin);
      await refuses("data.yaml", /^it is not UTF-8: save it with that encoding$/);
      writeFileSync(join(folder, "latin.names"), Buffer.from("café", "latin1"));
      write({ "obj.data": "train = list.txt\nnames = latin.names\n", "list.txt": "images/a.jpg" });
      await refuses("obj.data", /^latin\.names: it is not UTF-8: save it with that encoding$/);
      write({ "data.yaml": "train: images\nnames: {0: cat, 2: dog}\n" });
      for (const manifest of ["data.yaml", "classes.txt"]) {
        await refuses(manifest, /^its classes must be numbered from 0 without a gap, got 0, 2$/);
      }
    });

    it("says on which line what is wrong", async () => {
      await draw("images/a.jpg");
      write({ "data.yaml": "train: images\nnames: [cat]\n" });
      for (const [line, message] of [
        [
          "3 0.5 0.5 0.1 0.2",
          /labels\/a\.txt line 2 has the class 3, and there are names for 0 only/,
        ],
        ["cat 0.5 0.5 0.1 0.2", /line 2 must begin with the number of a class, got "cat"/],
        ["0 0.5 0.5 0.1 0.2 0.9 7 1", /line 2 must be a class .*, has 7 after the class/],
        [
          "0 100 50 20 20",
          /line 2 must have fractions of the picture, from 0 to 1, got \[100,50,20,20\]/,
        ],
        ["0 0.5 0.5 0.1", /labels\/a\.txt line 2 must be a class with a box of 4 numbers/],
        ["0 0.5 0.5 nan 0.2", /line 2 must be a class with a box of 4 numbers/],
        [
          "0 0.9 0.5 0.5 0.2",
          /image "images\/a\.jpg": labels\/a\.txt line 2 has a bbox that reaches out/,
        ],
      ] as const) {
        write({ "labels/a.txt": `0 0.5 0.5 0.1 0.2\n${line}\n` });
        await refuses("data.yaml", message);
      }
      write({
        "labels/a.txt": "0 0.5 0.5 0.1 0.2\n",
        "images/b.jpg": "no picture",
        "labels/b.txt": "0 0.5 0.5 0.1 0.2\n",
      });
      for (const [text, message] of [
        ["no picture", /it is no picture \(it begins with "no picture"\)$/],
        ["", /it is empty$/],
        ["version https://git-lfs.github.com/spec/v1", /it is a pointer of Git LFS: run/],
      ] as const) {
        write({ "images/b.jpg": text });
        await refuses("data.yaml", message);
        await refuses("data.yaml", /image "images\/b\.jpg": its size, .* cannot be read: it is/);
      }
      // As some shells on Windows write it.
      for (const name of ["labels/a.txt", "labels/b.txt"]) {
        writeFileSync(join(folder, name), Buffer.from("\uFEFF0 0.5 0.5 0.1 0.2\n", "utf16le"));
      }
      await refuses(
        "data.yaml",
        /^labels\/a\.txt: it is not UTF-8: .*; labels\/b\.txt: it is not UTF/,
      );
      write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n" });
      rmSync(join(folder, "images/b.jpg"));
      await refuses("data.yaml", /labels\/b\.txt has no picture/);
      rmSync(join(folder, "labels"), { recursive: true });
      await refuses("data.yaml", /none of its pictures has a text file, looked for labels\/a\.txt/);
      for (const [yaml, message] of [
        ["names: [cat]", /it names no pictures: give it train, val or test/],
        ["train: images", /it has no names of classes/],
        ["train: nowhere\nnames: [cat]", /its pictures are not there: nowhere/],
        ["train: [", /it is not YAML/],
        ["train: images\nnc: 2\nnames: [cat]", /nc is 2, and names has 1 classes: correct/],
      ] as const) {
        write({ "data.yaml": yaml });
        await refuses("data.yaml", message);
      }
    });
  });

  describe("Pascal VOC", () => {
    const object = (name: string, corners: readonly number[], more = "") =>
      `<object><name>${name}</name>${more}<bndbox><xmin>${corners[0]}</xmin><ymin>${corners[1]}</ymin><xmax>${corners[2]}</xmax><ymax>${corners[3]}</ymax></bndbox></object>`;
    const annotation = (name: string, ...objects: string[]) =>
      `<?xml version="1.0"?>\n<annotation>\n<filename>${name}</filename>\n<size><width>200</width><height>100</height><depth>3</depth></size>\n${objects.join("\n")}\n</annotation>\n`;

    it("counts pixels from 1, and both corners belong to the box", async () => {
      write({
        "VOC/Annotations/a.xml": annotation(
          "a&amp;b.jpg",
          object("cat", [1, 1, 200, 100]),
          object("dog", [11, 21, 30, 50], "<pose>Left</pose><truncated>1</truncated>"),
        ),
        "VOC/Annotations/sub/c.xml": annotation("c.jpg", object("ant", [0, 0, 20, 10])),
      });
      const dropped = new Dropped();
      const items = await read("VOC", dropped);
      assert.deepEqual(items, {
        "a&b.jpg": item("a&b.jpg", label("cat", 0, 0, 200, 100), label("dog", 10, 20, 20, 30)),
        "sub/c.jpg": item("sub/c.jpg", label("ant", 0, 0, 20, 10)),
      });
      assert.match(dropped.line() ?? "", /of annotations: pose of 1, truncated of 1\./);
      assert.deepEqual(await read("VOC/Annotations"), items);
      assert.deepEqual(Object.keys(await read("VOC/Annotations/a.xml")), ["a&b.jpg"]);
      assert.deepEqual(await readCategories(join(folder, "VOC")), [
        { name: "ant" },
        { name: "cat" },
        { name: "dog" },
      ]);
    });

    it("counts and keeps whatever else an object says", async () => {
      const attributes = "<attribute><name>rotation</name><value>0.0</value></attribute>".repeat(2);
      const more = `<id>3</id><area>600</area><confidence>0.5</confidence><occluded>0</occluded><attributes>${attributes}</attributes>`;
      write({ "voc/a.xml": annotation("a.jpg", object("cat", [11, 21, 30, 50], more)) });
      const told = new Dropped();
      await read("voc", told);
      assert.match(told.line() ?? "", /of annotations: attributes of 1, confidence of 1\. keep: /);
      const rotation = { name: "rotation", value: "0.0" };
      const { "a.jpg": kept } = await read("voc", new Dropped(["attributes", "confidence"]));
      assert.deepEqual(kept?.labels, [
        {
          bbox: [10, 20, 20, 30],
          metadata: {
            category: "cat",
            attributes: { attribute: [rotation, rotation] },
            confidence: "0.5",
          },
        },
      ]);
    });

    it("says of each file that cannot be read what is wrong, with the bad boxes of the others", async () => {
      write({
        "voc/a.xml": "<annotation>",
        "voc/b.xml": annotation(""),
        "voc/c.xml": annotation("c.jpg", object("cat", [1, 1, 300, 2])),
      });
      await refuses(
        "voc",
        /^a\.xml: it ends .*; b\.xml: it has no <filename>; image "c\.jpg": c\.xml/,
      );
      await assertRefused(readCategories(join(folder, "voc")), /^a\.xml: .*; b\.xml: it has no/);
    });

    it("names both files of a picture that is there twice", async () => {
      write({ "voc/a.xml": annotation("a.jpg"), "voc/b.xml": annotation("a.jpg") });
      await refuses("voc", /^image "a\.jpg" is there twice, in a\.xml and in b\.xml$/);
    });

    it("says in which file and on which line what is wrong", async () => {
      for (const [text, message] of [
        [annotation("a.jpg", object("", [1, 1, 2, 2])), /a\.xml line 5: the object has no <name>/],
        [
          annotation("a.jpg", "<object><name>cat</name></object>"),
          /a\.xml line 5: the object has no <bndbox>/,
        ],
        [
          annotation("a.jpg", object("cat", [1, 1, 300, 2])),
          /image "a\.jpg": a\.xml line 5 has a bbox that reaches out/,
        ],
        [annotation("", ""), /a\.xml: it has no <filename>/],
        ["<annotation><filename>", /a\.xml: it ends too early/],
        ["<annotation>\n<a></b></annotation>", /a\.xml: line 2: it is not XML/],
        ["<other><x/></other>", /a\.xml: it is not Pascal VOC: it begins with <other>/],
      ] as const) {
        write({ "voc/a.xml": text });
        await refuses("voc", message);
      }
      write({ "data.yaml": "names: [cat]\ntrain: images\nval: images\n" });
      // The name of a single file is that of the manifest.
      await assertRefused(
        read("data.yaml", new Dropped(), "voc"),
        /^line 1: it is not XML \(Non-whitespace before first tag\.\)$/,
      );
    });
  });

  describe("CVAT for images", () => {
    const meta =
      "<meta><task><labels><label><name>sign</name></label><label><name>car</name></label></labels></task></meta>";
    const image = (name: string, ...shapes: string[]) =>
      `<image id="0" name="${name}" width="200" height="100">\n${shapes.join("\n")}\n</image>`;
    const box = (label: string, corners: readonly number[], more = "", inside = "") =>
      `<box label="${label}" xtl="${corners[0]}" ytl="${corners[1]}" xbr="${corners[2]}" ybr="${corners[3]}" ${more}>${inside}</box>`;
    const file = (...images: string[]) =>
      `<annotations><version>1.1</version>${meta}\n${images.join("\n")}\n</annotations>`;

    it("takes boxes as they are, and counts the other shapes", async () => {
      write({
        "cvat.xml": file(
          image(
            "sub/a.jpg",
            box(
              "car",
              [10.5, 20, 30.5, 60],
              'occluded="1"',
              '<attribute name="plate">x</attribute>',
            ),
            '<polygon label="sign" points="1,1;2,2;3,1"/>',
          ),
          image("b.jpg"),
        ),
      });
      const dropped = new Dropped(["attributes"]);
      assert.deepEqual(await read("cvat.xml", dropped), {
        "sub/a.jpg": item("sub/a.jpg", {
          bbox: [10.5, 20, 20, 40],
          metadata: { category: "car", attributes: { plate: "x" } },
        }),
        "b.jpg": item("b.jpg"),
      });
      assert.match(dropped.line() ?? "", /of annotations: occluded of 1, polygon of 1\./);
      assert.deepEqual(await readCategories(join(folder, "cvat.xml")), [
        { id: 1, name: "sign" },
        { id: 2, name: "car" },
      ]);
    });

    it("takes the box around one that is turned around its middle", async () => {
      const corners = [80, 40, 120, 60];
      write({
        "cvat.xml": file(
          image(
            "a.jpg",
            box("car", corners, 'rotation="90.0"'),
            box("car", corners, 'rotation="0.0"'),
            box("car", [10, 20, 30, 40], 'rotation="180"'),
            // Its upper corner lies outside of the picture.
            box("car", [80, 0, 120, 10], 'rotation="90"'),
          ),
        ),
      });
      const dropped = new Dropped(["rotation", "segmentation"]);
      const { "a.jpg": found } = await read("cvat.xml", dropped);
      assert.deepEqual(found?.labels, [
        {
          bbox: [90, 30, 20, 40],
          metadata: {
            category: "car",
            rotation: 90,
            segmentation: [[110, 30, 110, 70, 90, 70, 90, 30]],
          },
        },
        label("car", 80, 40, 40, 20),
        {
          bbox: [10, 20, 20, 20],
          metadata: {
            category: "car",
            rotation: 180,
            segmentation: [[30, 40, 10, 40, 10, 20, 30, 20]],
          },
        },
        {
          bbox: [95, 0, 10, 25],
          metadata: {
            category: "car",
            rotation: 90,
            segmentation: [[105, -15, 105, 25, 95, 25, 95, -15]],
          },
        },
      ]);
      write({ "cvat.xml": file(image("a.jpg", box("car", [80, 40, 80, 60], 'rotation="45"'))) });
      await refuses("cvat.xml", /has a bbox with a negative or empty side: \[80,40,0,20\]/);
    });

    it("says on which line what is wrong", async () => {
      for (const [text, message] of [
        [
          file(image("a.jpg", box("car", [1, 1, 300, 2]))),
          /image "a\.jpg": the box on line 3 has a bbox that reaches/,
        ],
        [
          file(image("a.jpg", '<box label="car" xtl="1"/>')),
          /the box on line 3 must have a bbox of 4 numbers/,
        ],
        [file(image("")), /line 2: the image has no name/],
        [file('<track id="0"/>'), /line 2: it is of a video/],
        [file(image("a.jpg")).slice(0, -9), /it ends too early/],
      ] as const) {
        write({ "cvat.xml": text });
        await refuses("cvat.xml", message);
      }
    });
  });

  describe("Label Studio", () => {
    const result = (value: object, more: object = {}) => ({
      type: "rectanglelabels",
      original_width: 200,
      original_height: 100,
      value,
      ...more,
    });
    const value = { x: 10, y: 20, width: 25, height: 50, rotation: 0, rectanglelabels: ["Car"] };

    it("takes rectangles, which are hundredths of the picture", async () => {
      const tasks = [
        {
          id: 5,
          data: { image: "/data/upload/1/0123abcd-a.jpg" },
          annotations: [
            { was_cancelled: true, result: [] },
            { result: [result(value), { type: "polygonlabels", value: {} }] },
          ],
        },
        {
          data: { image: "/data/local-files/?d=sub/b%20c.jpg" },
          annotations: [],
          predictions: [{ result: [result(value, { score: 0.5 })] }],
        },
        { data: { page: "https://e.com/", url: "https://e.com/c.jpg?v=1" }, annotations: [] },
        { data: { scan: "https://e.com/d" }, annotations: [] },
      ];
      write({ "ls.json": JSON.stringify(tasks) });
      const dropped = new Dropped();
      assert.deepEqual(await read("ls.json", dropped), {
        "a.jpg": item("a.jpg", label("Car", 20, 20, 50, 50)),
        "sub/b c.jpg": item("sub/b c.jpg", label("Car", 20, 20, 50, 50)),
        "https://e.com/c.jpg?v=1": { assetUrl: "https://e.com/c.jpg?v=1", assetType: "image" },
        "https://e.com/d": { assetUrl: "https://e.com/d", assetType: "image" },
      });
      assert.match(dropped.line() ?? "", /of annotations: polygonlabels of 1, score of 1\./);
      assert.deepEqual(await readCategories(join(folder, "ls.json")), [{ name: "Car" }]);
    });

    it("takes the box around one that is turned around its corner", async () => {
      const annotations = [{ result: [result({ ...value, x: 50, rotation: 90 })] }];
      write({ "ls.json": JSON.stringify([{ data: { image: "a.jpg" }, annotations }]) });
      const { "a.jpg": found } = await read("ls.json", new Dropped(["rotation", "segmentation"]));
      // 50 by 50 from (100, 20), which stays where it is.
      assert.deepEqual(found?.labels, [
        {
          bbox: [50, 20, 50, 50],
          metadata: {
            category: "Car",
            rotation: 90,
            segmentation: [[100, 20, 100, 70, 50, 70, 50, 20]],
          },
        },
      ]);
    });

    it("counts what several people made of a task, and what else rectangles have", async () => {
      const more = { meta: { text: ["far away"] }, image_rotation: 90 };
      const annotations = [{ result: [result(value, more)] }, { result: [result(value)] }];
      write({ "ls.json": JSON.stringify([{ data: { image: "a.jpg" }, annotations }]) });
      const dropped = new Dropped();
      assert.deepEqual(await read("ls.json", dropped), {
        "a.jpg": item("a.jpg", label("Car", 20, 20, 50, 50)),
      });
      assert.match(
        dropped.line() ?? "",
        /image_rotation of 1, meta of 1, other annotations of a task of 1\. keep: \["image_rotation","meta"\]/,
      );
    });

    it("says in which task what is wrong", async () => {
      for (const [task, message] of [
        [
          {
            data: { left: "a.jpg", right: "b.jpg" },
            annotations: [{ result: ["l", "r"].map((to_name) => result(value, { to_name })) }],
          },
          /^task 7 has rectangles on 2 pictures \(l, r\), and a work item has one: make a task of/,
        ],
        [{ data: {} }, /task 7 has no picture in its data/],
        [
          { data: { image: "a.jpg" }, annotations: [{ result: [result({ ...value, x: 90 })] }] },
          /image "a\.jpg": task 7 result 1 has a bbox that reaches out/,
        ],
        [
          { data: { image: "a.jpg" }, annotations: [{ result: [result({})] }] },
          /task 7 result 1 must have a bbox of 4 numbers/,
        ],
      ] as const) {
        write({ "ls.json": JSON.stringify([{ id: 7, ...task }]) });
        await refuses("ls.json", message);
      }
    });
  });

  it("tell where a name stands for several categories, because labels have names only", async () => {
    await draw("images/a.jpg");
    const categories = [1, 2, 3].map((id) => ({ id, name: id < 3 ? "front" : "back" }));
    const annotations = [1, 2, 3].map((category_id) => ({
      image_id: 1,
      category_id,
      bbox: [1, 2, 3, 4],
      iscrowd: true,
    }));
    const images = [{ id: 1, file_name: "images/a.jpg" }];
    write({
      "m.json": JSON.stringify({ images, categories, annotations }),
      "data.yaml": "train: images\nnames: [front, back, front]\n",
      "labels/a.txt": "0 .5 .5 .1 .1\n1 .5 .5 .1 .1\n2 .5 .5 .1 .1\n",
    });
    for (const [manifest, others] of [
      ["m.json", ", iscrowd of 3"],
      ["data.yaml", ""],
    ] as const) {
      const dropped = new Dropped();
      await read(manifest, dropped);
      assert.equal(dropped.text(), `ids of categories that share a name of 2${others}`);
    }
  });

  it("have their category in each label, whatever a field of that name says", async () => {
    const images = [{ id: 1, file_name: "a.jpg" }];
    const categories = [{ id: 1, name: "sign" }];
    const annotations = [{ image_id: 1, category_id: 1, bbox: [1, 2, 3, 4], category: "other" }];
    write({ "m.json": JSON.stringify({ images, categories, annotations }) });
    const { "a.jpg": found } = await read("m.json", new Dropped(["category"]));
    assert.deepEqual(found?.labels, [label("sign", 1, 2, 3, 4)]);
  });

  it("are read as another format if the user says so", async () => {
    write({ "list.txt": '{"key":"a","assetUrl":"b"}\n' });
    assert.deepEqual(await read("list.txt", new Dropped(), "jsonl"), { a: { assetUrl: "b" } });
    await assertRefused(read(".", new Dropped(), "coco"), /^it is a folder: name a file in it$/);
    await refuses("list.txt", /^its name must end in \.jsonl, .* or \.xml \(CVAT, Pascal VOC\)$/);
    await refuses(
      ".",
      /^it is a folder with neither a data\.yaml, .* nor XML files \(Pascal VOC\)$/,
    );
  });
});
