import assert from "node:assert/strict";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readCategories } from "../../../provider/manifests/manifest.ts";
import { item, label, useManifestFolder } from "../../support/manifest-folder.ts";

describe("provider: manifests of CVAT for images", () => {
  const { at, read, refuses, write } = useManifestFolder();

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
          box("car", [10.5, 20, 30.5, 60], 'occluded="1"', '<attribute name="plate">x</attribute>'),
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
    assert.deepEqual(await readCategories(at("cvat.xml")), [
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
