import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import { runAlone } from "../cli/support.ts";

const quickstart = join(projectRoot, "examples", "quickstart");
const manifest = join(quickstart, "photos.coco.json");

/** Reads a data set, and prints its boxes by the name of the picture. */
const reader = `
import json, sys
from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset
path, name, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
dataset = Dataset.import_from(path, name, **options)
labels = dataset.categories()[AnnotationType.label]
boxes = {item.id: sorted([labels[each.label].name, [round(v, 2) for v in each.get_bbox()]]
    for each in item.annotations if each.type == AnnotationType.bbox) for item in dataset}
print("BOXES" + json.dumps(boxes))
`;

describe("what another program reads of converted annotations", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "aidp-datumaro-"));
  const python = join(folder, "venv", "bin", "python");

  before(function () {
    const hasVenv = spawnSync("python3", ["-m", "venv", join(folder, "venv")]).status === 0;
    if (!hasVenv || spawnSync(python, ["-m", "pip", "install", "-q", "datumaro"]).status !== 0) {
      // Datumaro needs Python, and comes from its registry.
      this.skip();
    }
    writeFileSync(join(folder, "read.py"), reader);
  });
  after(() => rmSync(folder, { recursive: true }));

  function expected(): Record<string, unknown> {
    const { images, annotations, categories } = JSON.parse(readFileSync(manifest, "utf8"));
    return Object.fromEntries(
      images.map(({ id, file_name }: { id: number; file_name: string }) => [
        file_name.replace(/\.\w+$/, ""),
        annotations
          .filter(({ image_id }: { image_id: number }) => image_id === id)
          .map(({ category_id, bbox }: { category_id: number; bbox: number[] }) => [
            categories.find((each: { id: number }) => each.id === category_id).name,
            bbox,
          ])
          .sort((left: unknown, right: unknown) => compare(left, right)),
      ]),
    );
  }

  for (const [to, name, pictures, at, options] of [
    ["yolo", "yolo", "images", ".", {}],
    // As the standard counts, and not as Datumaro's own files do.
    ["voc", "voc_detection", "JPEGImages", ".", { coordinate_mode: "voc-one-based" }],
    ["cvat", "cvat", "images", "annotations.xml", {}],
    ["coco", "coco_instances", "images", ".", {}],
  ] as const) {
    it(`is the same boxes and names, from ${to}`, async () => {
      const out = join(folder, to);
      assert.equal((await runAlone({}, "convert", manifest, out, "--to", to)).code, 0);
      cpSync(join(quickstart, "photos"), join(out, pictures), { recursive: true });
      if (to === "coco") {
        // Where Datumaro expects it.
        mkdirSync(join(out, "annotations"));
        cpSync(
          join(out, "annotations.coco.json"),
          join(out, "annotations", "instances_default.json"),
        );
      }
      const args = [join(folder, "read.py"), join(out, at), name, JSON.stringify(options)];
      const { stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
      const [, text] = /^BOXES(.*)$/m.exec(stdout) ?? [];
      assert.ok(text, stderr);
      const found = Object.entries(JSON.parse(text) as Record<string, unknown[]>).map(
        ([picture, boxes]) => [picture, boxes.sort(compare)],
      );
      assert.deepEqual(Object.fromEntries(found), expected());
    });
  }
});

function compare(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
