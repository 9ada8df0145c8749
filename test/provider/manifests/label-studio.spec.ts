import assert from "node:assert/strict";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readCategories } from "../../../provider/manifests/manifest.ts";
import { item, label, useManifestFolder } from "../../support/manifest-folder.ts";

describe("provider: manifests of Label Studio", () => {
  const { at, read, refuses, write } = useManifestFolder();

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
    assert.deepEqual(await readCategories(at("ls.json")), [{ name: "Car" }]);
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
