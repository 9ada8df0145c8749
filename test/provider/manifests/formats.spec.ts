import assert from "node:assert/strict";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { assertRefused } from "../../support/errors.ts";
import { label, useManifestFolder } from "../../support/manifest-folder.ts";

describe("provider: manifests of annotated pictures", () => {
  const { draw, read, refuses, write } = useManifestFolder();

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
      assert.equal(dropped.text(), `category id (its name is not unique) of 2${others}`);
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
