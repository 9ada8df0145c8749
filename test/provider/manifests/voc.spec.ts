import assert from "node:assert/strict";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readCategories } from "../../../provider/manifests/manifest.ts";
import { assertRefused } from "../../support/errors.ts";
import { item, label, useManifestFolder } from "../../support/manifest-folder.ts";

describe("provider: manifests of Pascal VOC", () => {
  const { at, read, refuses, write } = useManifestFolder();

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
    assert.deepEqual(await readCategories(at("VOC")), [
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
    await assertRefused(readCategories(at("voc")), /^a\.xml: .*; b\.xml: it has no/);
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
