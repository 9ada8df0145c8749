import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { annotate } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";
import { annotationExportLifecycle } from "../../../provider/resources/annotation-export.ts";
import { useEmulator } from "../../support/emulator.ts";
import { platformOf } from "../../support/platform.ts";
import { isAll } from "../../support/tier.ts";
import { type Items, TestSet } from "../../support/work-item-sets.ts";

interface Coco {
  images: { id: number; file_name: string; width: number; height: number }[];
  annotations: { id: number; image_id: number; category_id: number; bbox: number[] }[];
  categories: { id: number; name: string; supercategory: string }[];
}

const categories = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.string({ minLength: 1 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([id]) => id,
  })
  .map((all) =>
    // A name stands for one category, unless supercategories tell them apart.
    all.map(([id, name]) => ({ id, name: `${id} ${name}`, supercategory: id % 2 ? "odd" : "" })),
  );

const side = fc.integer({ min: 1, max: 4_000 });
const image = fc.record({
  name: fc.constantFrom("a.jpg", "b c/ä.png", "deep/er/1.tif", '"quoted".jpg', "#?.jpg"),
  width: side,
  height: side,
  boxes: fc.array(
    fc.record({
      x: fc.double({ min: 0, max: 0.9, noNaN: true }),
      y: fc.double({ min: 0, max: 0.9, noNaN: true }),
      width: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
      height: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
      category: fc.nat(),
    }),
    // Where nothing is to be accepted, the emulator's people draw a box.
    { minLength: 1, maxLength: 4 },
  ),
});

const dataset = fc
  .record({
    categories,
    images: fc.uniqueArray(image, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
  })
  .map(({ categories, images }): Coco => {
    const annotations = images.flatMap(({ width, height, boxes }, index) =>
      boxes.map((box) => ({
        image_id: index + 7,
        category_id: categories[box.category % categories.length]!.id,
        bbox: [box.x * width, box.y * height, box.width * width, box.height * height],
      })),
    );
    return {
      images: images.map(({ name, width, height }, at) => ({
        id: at + 7,
        file_name: name,
        width,
        height,
      })),
      annotations: annotations.map((annotation, at) => ({ id: at + 3, ...annotation })),
      categories,
    };
  });

describe("a COCO file that goes to people and comes back as they accept it", () => {
  const test = useEmulator();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-round-trip-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the same boxes, names, categories and ids", () =>
    fc.assert(
      fc.asyncProperty(dataset, async (coco) => {
        const manifest = join(folder, "in.json");
        const path = join(folder, `${randomUUID()}.json`);
        writeFileSync(manifest, JSON.stringify(coco));
        const items = Object.fromEntries(await Array.fromAsync(readManifest(manifest)));
        const uploads = Object.fromEntries(
          coco.images.map(({ file_name }) => [file_name, `uploads/${randomUUID()}`]),
        );
        const set = await TestSet.begin(test.emulator);
        const { ids } = (await set.create(items as unknown as Items, { uploads })).state;
        await annotate(test.emulator, { workItemIDs: Object.values(ids) });
        const { projectId } = test.emulator;
        const { inputs, failures } = await annotationExportLifecycle.check(
          { path, batchId: set.batchId, manifest },
          {},
          { projectId, spaceId: undefined },
        );
        assert.deepEqual(failures, []);
        const owner = "urn:pulumi:test::labeling::aidp:index:Any::export";
        await annotationExportLifecycle.create(
          platformOf(test.emulator, { owner }),
          inputs as never,
        );
        const back: Coco = JSON.parse(readFileSync(path, "utf8"));
        assert.deepEqual(back.categories, coco.categories);
        assert.deepEqual(boxesOf(back), boxesOf(coco));
      }),
      { numRuns: isAll ? 100 : 20 },
    ));
});

/** The boxes by the name of the picture, to a millionth of a pixel. */
function boxesOf({ images, annotations }: Coco): Plain {
  return Object.fromEntries(
    images
      .map(({ id, file_name }): [string, unknown] => [
        file_name,
        annotations
          .filter(({ image_id }) => image_id === id)
          .map(({ category_id, bbox }) => [category_id, bbox.map((each) => each.toFixed(6))]),
      ])
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
