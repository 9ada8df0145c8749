import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readCategories, readPictures } from "../../../provider/manifests/manifest.ts";
import { item, label, useManifestFolder } from "../../support/manifest-folder.ts";

describe("provider: manifests of YOLO", () => {
  const { at, draw, read, refuses, write } = useManifestFolder();

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
    assert.deepEqual(await readCategories(at("data.yaml")), [
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
    const [picture] = (await readPictures(at("rf"), { dropped: new Dropped(["keypoints"]) })) ?? [];
    assert.deepEqual(picture?.boxes[0]?.kept, { keypoints: [50, 50, 2] });
    write({
      "rf/data.yaml": "train: train/images\nnames: [cat]\nkpt_shape: [2, 2]\n",
      "rf/train/labels/a.txt": "0 0.5 0.5 0.1 0.2 0.25 0.5 0.5 0.1\n",
    });
    const [pairs] = (await readPictures(at("rf"), { dropped: new Dropped(["keypoints"]) })) ?? [];
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
    await draw("ultralytics/images/train/a.jpg");
    write({
      "ultralytics/data.yaml": "path: .\ntrain: train.txt\nnames:\n  0: cat\n",
      "ultralytics/train.txt": "data/images/train/a.jpg\n",
      "ultralytics/labels/train/a.txt": "0 0.5 0.5 0.1 0.2\n",
    });
    assert.deepEqual(await read("ultralytics"), {
      "images/train/a.jpg": item("images/train/a.jpg", label("cat", 90, 40, 20, 20)),
    });
  });

  it("has linked pictures, too", async () => {
    await draw("store/a.jpg");
    write({
      "data.yaml": "train: images\nnames: [cat]\n",
      "labels/a.txt": "0 0.5 0.5 0.1 0.2\n",
    });
    mkdirSync(at("images"));
    symlinkSync("../store/a.jpg", at("images/a.jpg"));
    mkdirSync(at("images/sub"));
    symlinkSync("..", at("images/sub/loop"));
    symlinkSync(".", at("images/again"));
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
    renameSync(at("labels/a.txt"), at("labels/a.TXT"));
    await refuses("data.yaml", /^labels\/a\.TXT is not read: its name must end in \.txt$/);
    await draw("beside/a.jpg");
    write({
      "beside/classes.txt": "cat\n",
      "beside/a.txt": text,
      "beside/notes.txt": "3 of 4 are good\n",
      "beside/b.txt": "\n0 .5 0.5 1e-1 0.2\n",
    });
    writeFileSync(at("beside/noten.txt"), Buffer.from("Gr\u00fc\u00dfe", "latin1"));
    await refuses("beside", /^b\.txt has no picture$/);
  });

  it("says where pictures are missing, and what may be wrong with their names", async () => {
    write({ "data.yaml": "train: images\nnames: [cat]\n", "images/notes.md": "" });
    await refuses(
      "data.yaml",
      /^there are no pictures in the folders and lists that it names, from the folder \S+$/,
    );
    await draw("images/a.jpg");
    write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n", "list.txt": "images\\a.jpg\n" });
    write({ "data.yaml": "train: list.txt\nnames: [cat]\n" });
    await refuses("data.yaml", /^its picture \S+ is not there: write "\/" between folders, not/);
    write({ "list.txt": "list/images/a.jpg\n" });
    await refuses("data.yaml", /^its picture \S+ is not there$/);
    write({ "data.yaml": "train: .\\images\nnames: [cat]\n" });
    await refuses("data.yaml", /^its pictures are not there: \S+, .*: write "\/" between folders/);
  });

  it("refuses names of classes that are no UTF-8, and numbers with a gap", async () => {
    await draw("images/a.jpg");
    write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n", "classes.txt": "cat\n\ndog\n" });
    const latin = Buffer.from("train: images\nnames: [café]\n", "latin1");
    writeFileSync(at("data.yaml"), latin);
    await refuses("data.yaml", /^it is not UTF-8: save it with that encoding$/);
    writeFileSync(at("latin.names"), Buffer.from("café", "latin1"));
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
      writeFileSync(at(name), Buffer.from("\uFEFF0 0.5 0.5 0.1 0.2\n", "utf16le"));
    }
    await refuses(
      "data.yaml",
      /^labels\/a\.txt: it is not UTF-8: .*; labels\/b\.txt: it is not UTF/,
    );
    write({ "labels/a.txt": "0 0.5 0.5 0.1 0.2\n" });
    rmSync(at("images/b.jpg"));
    await refuses("data.yaml", /labels\/b\.txt has no picture/);
    rmSync(at("labels"), { recursive: true });
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
